"""The look of the sandbox's page, and what a browser may load for it."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root{color-scheme:light dark;--line:#8884;--accent:#0b62a8;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--accent:#7cb8ee;--bad:#f2968f}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.45 system-ui,sans-serif}
header{display:flex;flex-wrap:wrap;gap:8px 24px;
padding:10px 20px;border-bottom:1px solid var(--line)}
nav{display:flex;flex-wrap:wrap;gap:4px 16px}
a{color:var(--accent)}
a[aria-current]{font-weight:600;text-decoration:none}
main{padding:4px 20px 40px;max-width:1100px}
h1{font-size:21px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line)}
small{opacity:.7}
pre{margin:0;white-space:pre-wrap;font-size:13px}
button,.button,input,select,textarea{font:inherit;padding:4px 9px;
border-radius:5px;border:1px solid var(--line)}
.button{text-decoration:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.bar{display:flex;flex-wrap:wrap;gap:10px;align-items:center;margin:10px 0}
.fields{display:grid;gap:10px;max-width:520px}
.fields label{display:grid;gap:2px}
.fields button{justify-self:start}
.code{font:12px monospace;color:var(--bad)}
.mark{font-size:12px;border:1px solid var(--line);border-radius:5px;padding:0 5px}
.problem{color:var(--bad)}
"""

_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
