"""The IAM actions that a Lambda needs, read from its source.

The search starts at the handler and follows every call to a function of the Lambda package, with the real objects
that the entrypoint has created: a call of a method of an AWS client is an action.
"""

import ast
import importlib
import inspect
import sys
import textwrap
from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from botocore.client import BaseClient

PACKAGE = "rekbridge_lambda"
ENTRYPOINTS = f"{PACKAGE}.entrypoints"
# API operations whose IAM action has another name. A transaction needs the actions of its items, not one of its own.
IAM_ACTIONS = {
    "s3:HeadObject": {"s3:GetObject"},
    "s3:ListObjectsV2": {"s3:ListBucket"},
    "s3:DeleteObjects": {"s3:DeleteObject"},
    "sqs:SendMessageBatch": {"sqs:SendMessage"},
    "dynamodb:TransactWriteItems": set[str](),
}
TRANSACTION_ITEMS = {"Put", "Update", "Delete", "ConditionCheck"}
# Client methods without an API operation of their own, and the method whose permission they need.
PERMISSION_OF = {"generate_presigned_post": "put_object"}


def find_iam_actions(entrypoint: str) -> set[str]:
    """The IAM actions that an entrypoint needs, except for Rekognition's, which the catalog names."""
    name = f"{ENTRYPOINTS}.{entrypoint}"
    # The entrypoint reads the environment when it is imported: import it anew.
    sys.modules.pop(name, None)
    walker = CallWalker()
    walker.follow(importlib.import_module(name).handler)
    del sys.modules[name]
    return walker.actions


class CallWalker:
    """Walks through the functions of the Lambda package, each once with the same arguments; collects `actions`."""

    def __init__(self) -> None:
        self.actions = set[str]()
        self.visited = set[tuple[object, ...]]()

    def follow(self, target: Any, *args: Any, **kwargs: Any) -> None:
        """Walk through a call of `target`; an argument that is not known statically is None."""
        match target:
            case MethodType(__self__=BaseClient() as client):
                self.record_call(client, target.__name__, args)
            case MethodType():
                self.follow(target.__func__, target.__self__, *args, **kwargs)
            case FunctionType():
                self.walk_function(inspect.unwrap(target), args, kwargs)
            case partial():
                self.follow(target.func, *target.args, *args, **target.keywords | kwargs)
            case Mapping():
                for value in target.values():
                    self.follow(value)
            case _ if isinstance(method := vars(type(target)).get("__call__"), FunctionType):
                self.follow(method, target, *args, **kwargs)

    def walk_function(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Follow every call in the source of a function."""
        bound = dict(zip(inspect.signature(function).parameters, args, strict=False)) | kwargs
        key = (function, *((name, id(value)) for name, value in bound.items() if value is not None))
        if not function.__module__.startswith(f"{PACKAGE}.") or key in self.visited:
            return
        self.visited.add(key)
        names = ChainMap(bound, function.__globals__)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            match node:
                case ast.Call(func=func, args=arg_nodes, keywords=keywords):
                    values = {keyword.arg: resolve(keyword.value, names) for keyword in keywords if keyword.arg}
                    self.follow(resolve(func, names), *(resolve(arg, names) for arg in arg_nodes), **values)
                case ast.Attribute() if isinstance(table := resolve(node, names), Mapping):
                    self.follow(table)
                case ast.Dict(keys=keys):
                    self.actions |= {f"dynamodb:{key}Item" for key in iterate_texts(keys) if key in TRANSACTION_ITEMS}

    def record_call(self, client: BaseClient, method: str, args: tuple[Any, ...]) -> None:
        """Add the IAM actions of a client's method; a paginator has the method in its first argument."""
        method = args[0] if method == "get_paginator" else PERMISSION_OF.get(method, method)
        action = f"{client.meta.service_model.service_name}:{client.meta.method_to_api_mapping[method]}"
        self.actions |= IAM_ACTIONS.get(action, {action})


def resolve(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """The value of a name, an attribute or a constant; None for everything that is known at run time only."""
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=owner, attr=attribute):
            return getattr(resolve(owner, names), attribute, None)
        case ast.Constant(value=value):
            return value
    return None


def iterate_texts(keys: list[ast.expr | None]) -> Iterator[str]:
    """The keys of a dictionary that are string literals."""
    for key in keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
