"""What production deploys: CRM connectors, their contract, runtime and host. No Qt in here."""
