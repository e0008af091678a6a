"""The rules of the App Connect extension: calls, local match cache, log form. No Qt, no I/O."""
