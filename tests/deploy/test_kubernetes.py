"""The Kubernetes manifests: valid for Kubernetes 1.34, locked down, and in step with what the process does."""

import copy
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from config import Config
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.metrics import Metrics
from tests.deploy.files import ROOT, SCHEMAS, faults_of, load_all_yaml, load_json
from web_server import create_app

DOCUMENTS = load_all_yaml("deploy/kubernetes/nazh-engine.yaml")
DEFINITIONS = load_json(SCHEMAS / "kubernetes-1.34.json")["$defs"]
TYPES = {
    "v1": "io.k8s.api.core.v1",
    "apps/v1": "io.k8s.api.apps.v1",
    "networking.k8s.io/v1": "io.k8s.api.networking.v1",
}
(STATEFUL,) = [document for document in DOCUMENTS if document["kind"] == "StatefulSet"]
SPEC: dict[str, Any] = STATEFUL["spec"]
POD: dict[str, Any] = SPEC["template"]["spec"]
(CONTAINER,) = POD["containers"]
ENVIRONMENT = {variable["name"]: variable for variable in CONTAINER["env"]}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def schema_of(document: dict[str, Any]) -> dict[str, Any]:
    name = f"{TYPES[document['apiVersion']]}.{document['kind']}"
    return {"$ref": f"#/$defs/{name}", "$defs": DEFINITIONS}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document["kind"]))
def test_the_manifest_fits_kubernetes_own_schema(document: dict[str, Any]) -> None:
    assert faults_of(document, schema_of(document)) == []


@pytest.mark.parametrize(
    "break_it",
    [
        lambda spec: spec.update(replica=2),
        lambda spec: spec.update(replicas="two"),
        lambda spec: spec["template"]["spec"]["containers"][0]["livenessProbe"].update(httpget={}),
        lambda spec: spec["template"]["spec"]["containers"][0].pop("name"),
    ],
)
def test_the_schema_can_refuse(break_it: Callable[[dict[str, Any]], object]) -> None:
    broken = copy.deepcopy(STATEFUL)
    break_it(broken["spec"])
    assert faults_of(broken, schema_of(broken))


def test_the_pod_has_no_privileges() -> None:
    pod, container = POD["securityContext"], CONTAINER["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] == pod["runAsGroup"] == pod["fsGroup"] == 10001, "the user of the image"
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["readOnlyRootFilesystem"] is True
    assert container["allowPrivilegeEscalation"] is False
    assert container["privileged"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert POD["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(POD)


def test_only_the_data_folder_can_be_written() -> None:
    writable = [mount["mountPath"] for mount in CONTAINER["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["/data"]


def test_resources_are_bounded() -> None:
    assert set(CONTAINER["resources"]["limits"]) == {"cpu", "memory"}
    assert set(CONTAINER["resources"]["requests"]) == {"cpu", "memory"}


def test_the_platform_waits_longer_than_the_drain() -> None:
    assert POD["terminationGracePeriodSeconds"] > float(ENVIRONMENT["SHUTDOWN_GRACE_SECONDS"]["value"]) + 10


@pytest.mark.parametrize("probe", PROBES)
def test_each_probe_asks_a_route_that_exists(probe: str) -> None:
    latest = LatestSnapshot()
    routes = {rule.rule for rule in create_app(latest, Metrics(latest)).url_map.iter_rules()}
    assert CONTAINER[probe]["httpGet"]["path"] in routes
    assert CONTAINER[probe]["httpGet"]["port"] == CONTAINER["ports"][0]["name"]


def test_the_probes_ask_different_questions() -> None:
    assert [CONTAINER[probe]["httpGet"]["path"] for probe in PROBES] == ["/startupz", "/livez", "/readyz"]


def test_the_port_is_the_default_port_everywhere() -> None:
    port = CONTAINER["ports"][0]["containerPort"]
    annotations = SPEC["template"]["metadata"]["annotations"]
    (service,) = [document for document in DOCUMENTS if document["kind"] == "Service"]
    assert Config.from_env({"DISCORD_TOKEN": "a.b.c"}).port == port == int(annotations["prometheus.io/port"])
    assert service["spec"]["ports"][0]["port"] == port


def test_the_settings_are_settings_of_ours() -> None:
    known = set(Config.__dataclass_fields__)
    assert {name.lower().removesuffix("_file") for name in ENVIRONMENT} <= known


def test_the_token_comes_from_a_secret_and_never_from_the_manifest() -> None:
    assert "DISCORD_TOKEN" not in ENVIRONMENT
    mounts = {mount["name"]: mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
    (secret,) = [volume["name"] for volume in POD["volumes"] if "secret" in volume]
    assert ENVIRONMENT["DISCORD_TOKEN_FILE"]["value"].startswith(mounts[secret] + "/")


def test_every_pod_is_one_shard() -> None:
    assert int(ENVIRONMENT["SHARD_COUNT"]["value"]) == SPEC["replicas"]
    source = ENVIRONMENT["SHARD_ID"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert source == "metadata.labels['apps.kubernetes.io/pod-index']"


def test_everything_points_at_the_same_pods() -> None:
    labels = SPEC["template"]["metadata"]["labels"].items()
    selectors = [SPEC["selector"]["matchLabels"]]
    selectors += [document["spec"]["selector"] for document in DOCUMENTS if document["kind"] == "Service"]
    selectors += [
        document["spec"]["podSelector"]["matchLabels"] for document in DOCUMENTS if document["kind"] == "NetworkPolicy"
    ]
    assert len(selectors) == 3
    assert all(selector.items() <= labels for selector in selectors)


def commands() -> list[str]:
    """What docs/operations.md has an operator type for Kubernetes."""
    section = (ROOT / "docs" / "operations.md").read_text().split("### Kubernetes\n", 1)[1].split("\n#", 1)[0]
    return [line.removeprefix("$ ").partition("    #")[0] for line in section.splitlines() if line.startswith("$ ")]


def test_the_commands_lead_from_the_image_to_a_valid_manifest() -> None:
    build, push, create, apply = (
        next(c for c in commands() if word in c) for word in ("build", "push", "secret", "sed")
    )
    assert build.split()[:2] == ["docker", "build"]
    assert push == 'docker push "$IMAGE"'
    (key,) = re.findall(r"--from-file=([\w-]+)=", create)
    assert ENVIRONMENT["DISCORD_TOKEN_FILE"]["value"].endswith(f"/{key}")
    (secret,) = [volume["secret"]["secretName"] for volume in POD["volumes"] if "secret" in volume]
    assert f"create secret generic {secret} " in create
    fill_in, _, kubectl = apply.partition(" | ")
    assert kubectl == "kubectl apply --filename -"
    done = subprocess.run(
        ["/bin/sh", "-c", f'IMAGE="registry.example:5000/nazh-engine:abc1234"; {fill_in}'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    filled_in = [document for document in yaml.safe_load_all(done.stdout) if document]
    assert [fault for document in filled_in for fault in faults_of(document, schema_of(document))] == []
    (container,) = next(d for d in filled_in if d["kind"] == "StatefulSet")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example:5000/nazh-engine:abc1234"
    assert done.stdout.count("nazh-engine:abc1234") == 1


def test_the_commands_name_what_the_manifest_makes() -> None:
    told = " ".join(commands())
    made = {f"{document['kind'].lower()}/{document['metadata']['name']}" for document in DOCUMENTS}
    made |= {f"pod/{STATEFUL['metadata']['name']}-{number}" for number in range(SPEC["replicas"])}
    named = set(re.findall(r"\b(?:statefulset|pod|service|deployment)/[\w-]+", told))
    assert named
    assert named <= made
    assert set(re.findall(r"--container=(\w+)", told)) == {CONTAINER["name"]}


def test_a_pod_that_is_not_ready_does_not_hold_up_its_repair() -> None:
    assert SPEC["podManagementPolicy"] == "Parallel"
