"""Why a contact was found or not, from what the journal holds."""
