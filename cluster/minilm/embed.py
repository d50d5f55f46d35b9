#!/usr/bin/env python3
"""Gives items the vector of their texts, for content-based recommendations.

    embed.py items.jsonl --server http://127.0.0.1:8080    puts each item back with its `embedding`, through the API
    embed.py items.jsonl > embedded.jsonl                  writes them instead

A line is an item as POST /v1/items takes it: id, title, description, categories, tags, ... The text is title,
description and categories. An item is replaced whole: a line must hold all that is to stay.
"""

import argparse
import itertools
import json
import sys
import urllib.request

from minilm import MiniLM

BATCH = 64        # Items a pass through the network.
DECIMALS = 6


def text_of(item):
    parts = [item.get("title", ""), item.get("description", ""), ", ".join(item.get("categories", []))]
    return ". ".join(part for part in parts if part)


def batches(lines, size):
    items = (json.loads(line) for line in lines if line.strip())
    while batch := list(itertools.islice(items, size)):
        yield batch


def embedded(model, items):
    # Texts of like length share a pass: padding costs as much as text.
    order = sorted(range(len(items)), key=lambda i: len(text_of(items[i])))
    for start in range(0, len(order), BATCH):
        part = order[start:start + BATCH]
        for i, vector in zip(part, model.encode([text_of(items[i]) for i in part])):
            items[i]["embedding"] = [round(float(x), DECIMALS) for x in vector]
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def put(server, lines):
    """How many were accepted; what was not is said on standard error."""
    request = urllib.request.Request(f"{server}/v1/items", lines.encode(), {"Content-Type": "application/x-ndjson"})
    with urllib.request.urlopen(request) as response:
        outcome = json.load(response)
    for rejected in outcome["rejected"]:
        print(f"embed.py: rejected: {json.dumps(rejected)}", file=sys.stderr)
    return outcome["accepted"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", nargs="?", type=argparse.FileType(), default=sys.stdin)
    parser.add_argument("--server", help="where the API is; without it the items go to standard output")
    parser.add_argument("--batch", type=int, default=1000, help="items a request")
    arguments = parser.parse_args()
    model = MiniLM()
    accepted = 0
    for items in batches(arguments.items, arguments.batch):
        lines = embedded(model, items)
        if arguments.server:
            accepted += put(arguments.server.rstrip("/"), lines)
        else:
            sys.stdout.write(lines)
    if arguments.server:
        print(f"embed.py: {accepted} items have their vector", file=sys.stderr)


if __name__ == "__main__":
    main()
