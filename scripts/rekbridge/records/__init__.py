"""What a deployment has recorded, read for operators: sources, images, results, the ledger.

How rows and keys look is known by `handlers` alone, and of the operator's packages only this one imports it: from
`paths.ROOT`, for in the operator's environment a Lambda's zip that lacks a module would find it.
"""

import sys

from rekbridge import paths

if paths.CHECKOUT:
    if str(paths.ROOT) not in sys.path:
        sys.path.append(str(paths.ROOT))
else:
    from rekbridge.records import own

    with own.handlers(paths.ROOT):
        from rekbridge.records import answers, ledger, library, regions, staging  # noqa: F401
