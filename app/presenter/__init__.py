"""Widget signals in, bench verbs out, results back: the only code that knows both sides."""
