"""Takes a Kubernetes manifest apart for a shell script that plays the kubelet.

Usage: kubernetes.py MANIFEST

Reads the one Deployment in the file and prints, for its one container, lines of
words separated by tabs:

    name      NAME
    words     the container's command and arguments
    run       the options of `docker run` that its security context and its
              volumes come to
    drain     SECONDS, out of its --drain, if it has one
    grace     SECONDS
    port      NUMBER
    probe     startup|liveness|readiness  http  PATH  PORT
    probe     ...                         exec  WORD...
    probe     ...                         grpc  SERVICE  PORT

It exits 1 with a line that says what it does not understand, so that nothing in
a manifest is passed over.
"""

import sys

import yaml


def fail(text):
    sys.exit(f"{sys.argv[1]}: {text}")


def line(*words):
    if any("\t" in str(word) or "\n" in str(word) for word in words):
        fail(f"a tab or a line break in {words}")
    print(*words, sep="\t")


def only(things, what):
    if len(things) != 1:
        fail(f"expected one {what}, found {len(things)}")
    return things[0]


def run_options(pod, container):
    """What the manifest demands, in Docker's words."""
    of_pod, own = pod["securityContext"], container["securityContext"]
    if not of_pod["runAsNonRoot"] or of_pod["runAsUser"] == 0:
        fail("it may run as root")
    if own["allowPrivilegeEscalation"] or own["capabilities"] != {"drop": ["ALL"]}:
        fail("it may gain privileges")
    if not own["readOnlyRootFilesystem"]:
        fail("it may write to its root file system")
    user, group = of_pod["runAsUser"], of_pod["runAsGroup"]
    yield from ("--user", f"{user}:{group}", "--read-only", "--cap-drop", "ALL")
    yield from ("--security-opt", "no-new-privileges")
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    for mount in container.get("volumeMounts", []):
        if "emptyDir" not in volumes[mount["name"]]:
            fail(f"{mount['name']} is not an emptyDir")
        # fsGroup lets the group write. Docker keeps the mode of the image's own
        # directory, where only the owner may.
        group = of_pod["fsGroup"]
        yield from ("--tmpfs", f"{mount['mountPath']}:uid={user},gid={group}")


def port_of(port, container):
    if isinstance(port, int):
        return port
    named = [each for each in container["ports"] if each["name"] == port]
    return only(named, f"port called {port}")["containerPort"]


def probe_words(probe, container):
    if "httpGet" in probe:
        get = probe["httpGet"]
        return "http", get["path"], port_of(get["port"], container)
    if "exec" in probe:
        return "exec", *probe["exec"]["command"]
    if "grpc" in probe:
        return "grpc", probe["grpc"]["service"], probe["grpc"]["port"]
    fail(f"unknown probe {probe}")


def seconds(text):
    """Of the service's own option, such as 10s."""
    if not (text.endswith("s") and text[:-1].isdigit()):
        fail(f"a drain in whole seconds is expected, not {text}")
    return int(text[:-1])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        documents = list(yaml.safe_load_all(file))
    deployment = only([d for d in documents if d["kind"] == "Deployment"], "Deployment")
    service = only([d for d in documents if d["kind"] == "Service"], "Service")
    template = deployment["spec"]["template"]
    pod = template["spec"]
    container = only(pod["containers"], "container")

    labels = template["metadata"]["labels"]
    for selector in (deployment["spec"]["selector"]["matchLabels"], service["spec"]["selector"]):
        if selector != labels:
            fail(f"{selector} selects no pod with {labels}")
    for port in service["spec"]["ports"]:
        port_of(port["targetPort"], container)

    line("name", container["name"])
    words = container.get("command", []) + container.get("args", [])
    line("words", *words)
    line("run", *run_options(pod, container))
    drains = [seconds(word.split("=")[1]) for word in words if word.startswith("--drain=")]
    if drains:
        line("drain", only(drains, "--drain"))
    line("grace", pod["terminationGracePeriodSeconds"])
    line("port", only(container["ports"], "port")["containerPort"])
    for kind in ("startup", "liveness", "readiness"):
        line("probe", kind, *probe_words(container[f"{kind}Probe"], container))


main()
