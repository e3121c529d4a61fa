"""The Global Watch Dog's own client, PyPI's gwd 1.3.0, as it was published.

It was written for Python 2. Under Python 3 it adds bytes to a name and asks urllib
for quote: both are given to it here, and nothing of it is changed.

Usage: global-watch-dog.py kick NAME SECONDS | fault NAME REASON | retire PREFIX | auth PREFIX | status PREFIX
"""

import sys
import urllib
import urllib.parse

urllib.quote = urllib.parse.quote

import gwd  # noqa: E402


class Name(str):
    """A name that bytes can be put before."""

    def __radd__(self, before):
        return before + self.encode()


def main():
    verb, name, *rest = sys.argv[1:]
    name = Name(name)
    try:
        if verb == "kick":
            gwd.kick(name, int(rest[0]))
        elif verb == "status":
            for line in gwd.status(name):
                print(line["state"], line["name"], line["cumdtime"], line["reason"], line["expire"], sep="|")
        elif verb == "auth":
            print(gwd.auth(name))
        else:
            getattr(gwd, verb)(name, *rest)
    except gwd.OperationFailedException as refused:
        sys.exit(f"refused: {refused}")
    except gwd.NoReachableEndpointException:
        sys.exit("no endpoint can be reached")


main()
