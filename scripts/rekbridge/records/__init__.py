"""What a deployment has recorded, read for operators: sources, images, results, the ledger.

How rows and keys look is known by `handlers` alone, and of the operator's packages only this one imports it: from
`paths.ROOT`, for in the operator's environment a Lambda's zip that lacks a module would find it.
"""

import pkgutil
import sys
from importlib import import_module

from rekbridge import paths

if paths.CHECKOUT:
    if str(paths.ROOT) not in sys.path:
        sys.path.append(str(paths.ROOT))
else:
    from rekbridge.records import own

    with own.handlers(paths.ROOT):
        for module in pkgutil.iter_modules(__path__, "rekbridge.records."):
            import_module(module.name)
