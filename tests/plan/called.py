"""What a Lambda calls of AWS: the source of all that its handler reaches, over the objects that it is wired from."""

import ast
import importlib
import inspect
import sys
import textwrap
from collections import ChainMap
from collections.abc import Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any

from botocore.client import BaseClient

# Operations whose permission has another name; what a transaction holds is asked for, item by item.
ACTIONS = {
    "s3:HeadObject": {"s3:GetObject"},
    "s3:ListObjectsV2": {"s3:ListBucket"},
    "s3:DeleteObjects": {"s3:DeleteObject"},
    "sqs:SendMessageBatch": {"sqs:SendMessage"},
    "dynamodb:TransactWriteItems": set[str](),
}
ITEMS = {"Put", "Update", "Delete", "ConditionCheck"}
# Methods of a client that stand for another one.
STAND_FOR = {"generate_presigned_post": "put_object"}


def actions(entry: str) -> set[str]:
    """The IAM actions that entrypoints/<entry>.py needs, but for Rekognition's, which the catalog names."""
    name = f"rekbridge_lambda.entrypoints.{entry}"
    sys.modules.pop(name, None)
    walk = Walk()
    walk.follow(importlib.import_module(name).handler)
    del sys.modules[name]
    return walk.actions


class Walk:
    """Goes through functions of ours, each once with the same objects."""

    def __init__(self) -> None:
        self.actions = set[str]()
        self.seen = set[tuple[object, ...]]()

    def follow(self, called: Any, *given: Any, **named: Any) -> None:
        """Go through what is called, with as much of its arguments as is known; what is not ours ends there."""
        match called:
            case MethodType(__self__=BaseClient() as client):
                self.call(client, called.__name__, given)
            case MethodType():
                self.follow(called.__func__, called.__self__, *given, **named)
            case FunctionType():
                self.through(inspect.unwrap(called), given, named)
            case Mapping():
                for one in called.values():
                    self.follow(one)
            case _ if isinstance(method := vars(type(called)).get("__call__"), FunctionType):
                self.follow(method, called, *given, **named)

    def through(self, function: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Every call in a function's source."""
        bound = dict(zip(inspect.signature(function).parameters, given, strict=False)) | named
        key = (function, *((name, id(value)) for name, value in bound.items() if value is not None))
        if not function.__module__.startswith("rekbridge_lambda.") or key in self.seen:
            return
        self.seen.add(key)
        names = ChainMap(bound, function.__globals__)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            match node:
                case ast.Call(func=func, args=args, keywords=keywords):
                    told = {word.arg: value_of(word.value, names) for word in keywords if word.arg}
                    self.follow(value_of(func, names), *(value_of(one, names) for one in args), **told)
                case ast.Attribute() if isinstance(table := value_of(node, names), Mapping):
                    self.follow(table)
                case ast.Dict(keys=keys):
                    self.actions |= {f"dynamodb:{item}Item" for item in texts(keys) if item in ITEMS}

    def call(self, client: BaseClient, method: str, given: tuple[Any, ...]) -> None:
        """Note what a call needs; a pager names it in its first argument."""
        operation = given[0] if method == "get_paginator" else STAND_FOR.get(method, method)
        api = f"{client.meta.service_model.service_name}:{client.meta.method_to_api_mapping[operation]}"
        self.actions |= ACTIONS.get(api, {api})


def value_of(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """What a name, an attribute or a text really is; None for all that only a run would tell."""
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=owner, attr=attribute):
            return getattr(value_of(owner, names), attribute, None)
        case ast.Constant(value=value):
            return value
    return None


def texts(keys: list[ast.expr | None]) -> Iterator[str]:
    """The keys of a dictionary that are written as texts."""
    for key in keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
