"""Which state belongs to a tfvars file, and what becomes of states that other folders have."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from rekbridge.deploy import account_folders, deployment, identity
from rekbridge.deploy.identity import DeploymentIdentity
from rekbridge.support import locks
from rekbridge.support.errors import OperatorError

ACCOUNT, OTHER_ACCOUNT = "123456789012", "210987654321"
PROD = DeploymentIdentity("rekbridge", "eu-west-3", ACCOUNT)
TEST = DeploymentIdentity("rekbridge-test", "eu-west-3", ACCOUNT)


@pytest.fixture
def tfvars(tmp_path: Path, home: Path) -> Path:
    return write_tfvars(tmp_path / "prod")


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in account_folders.CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def write_tfvars(folder: Path) -> Path:
    folder.mkdir()
    (folder / "main.tfvars").touch()
    return folder / "main.tfvars"


def write_state(folder: Path, of: DeploymentIdentity, **output: Any) -> None:
    """A state as an apply leaves it; without `output`, as one of the time before the output named the deployment."""
    queue = {"attributes": {"arn": f"arn:aws:sqs:{of.home_region}:{of.account_id}:{of.prefix}-uploads"}}
    value = {"regions": {"home": of.home_region}, "functions": {"ingest": f"{of.prefix}-ingest"}, **output}
    document = {
        "outputs": {"deployment": {"value": value}},
        "resources": [{"type": "aws_sqs_queue", "instances": [queue]}],
    }
    folder.mkdir(parents=True)
    (folder / "terraform.tfstate").write_text(json.dumps(document))


def open_folder(tfvars: Path, of: DeploymentIdentity = PROD) -> tuple[Path, list[str]]:
    notices: list[str] = []
    return account_folders.open_folder(tfvars, of, notices.append), notices


def test_two_files_of_one_name_have_a_folder_each(tfvars: Path, tmp_path: Path) -> None:
    other = write_tfvars(tmp_path / "test")
    assert open_folder(tfvars)[0] != open_folder(other, TEST)[0]


def test_one_file_has_a_folder_for_each_account(tfvars: Path) -> None:
    assert account_folders.get_folder(tfvars, ACCOUNT) != account_folders.get_folder(tfvars, OTHER_ACCOUNT)


def test_a_file_keeps_its_folder_however_its_path_is_written(tfvars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tfvars.parent)
    assert open_folder(Path("main.tfvars"))[0] == open_folder(tfvars)[0]


def test_what_was_deployed_is_found_without_credentials(tfvars: Path, tmp_path: Path) -> None:
    folder, _ = open_folder(tfvars)
    assert account_folders.find_folder(tfvars) == folder
    assert account_folders.find_folder(write_tfvars(tmp_path / "test")) is None


def test_a_file_that_was_deployed_to_two_accounts_is_refused_when_nobody_says_which(tfvars: Path) -> None:
    open_folder(tfvars)
    open_folder(tfvars, DeploymentIdentity("rekbridge", "eu-west-3", OTHER_ACCOUNT))
    with pytest.raises(OperatorError, match="several accounts"):
        account_folders.find_folder(tfvars)


@pytest.mark.parametrize("output", [{}, {"prefix": "rekbridge", "account_id": ACCOUNT}], ids=["older", "newer"])
def test_the_state_of_a_folder_with_the_old_name_is_moved_once(
    output: dict[str, str], tfvars: Path, home: Path
) -> None:
    old = home / "deployments" / "main"
    write_state(old, PROD, **output)
    before = (old / "terraform.tfstate").read_text()
    folder, notices = open_folder(tfvars)
    assert ((folder / "terraform.tfstate").read_text(), old.exists(), len(notices)) == (before, False, 1)
    assert open_folder(tfvars) == (folder, [])


def test_until_it_is_moved_the_old_folder_is_found(tfvars: Path, home: Path) -> None:
    write_state(home / "deployments" / "main", PROD)
    assert account_folders.find_folder(tfvars) == home / "deployments" / "main"


@pytest.mark.parametrize(
    "other",
    [TEST, DeploymentIdentity("rekbridge", "eu-west-3", OTHER_ACCOUNT), DeploymentIdentity("rekbridge", "x", ACCOUNT)],
    ids=["another prefix", "another account", "another region"],
)
def test_the_state_of_another_deployment_stays_where_it_is(other: DeploymentIdentity, tfvars: Path, home: Path) -> None:
    write_state(home / "deployments" / "main", other)
    folder, _ = open_folder(tfvars)
    assert (home / "deployments" / "main" / "terraform.tfstate").exists()
    assert not (folder / "terraform.tfstate").exists()


def test_the_old_state_of_a_half_done_deploy_is_refused_with_the_commands(tfvars: Path, home: Path) -> None:
    write_state(home / "deployments" / "main", PROD)
    state = home / "deployments" / "main" / "terraform.tfstate"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"outputs": {}}))
    with pytest.raises(OperatorError) as refused:
        open_folder(tfvars)
    assert f"mv {state.parent} {account_folders.get_folder(tfvars, ACCOUNT)}" in refused.value.next_step


def test_a_queue_that_a_killed_apply_was_creating_is_no_broken_state(tfvars: Path, home: Path) -> None:
    state = home / "deployments" / "killed-1234" / "terraform.tfstate"
    state.parent.mkdir(parents=True)
    queue = {"type": "aws_sqs_queue", "instances": [{"attributes": {"arn": None, "url": None}}]}
    state.write_text(json.dumps({"outputs": {}, "resources": [queue]}))
    assert open_folder(tfvars)[1] == []


def test_the_state_of_a_file_that_was_moved_is_not_forgotten(tfvars: Path, tmp_path: Path) -> None:
    folder, _ = open_folder(tfvars)
    (folder / "deployment.json").rename(tmp_path / "deployment.json")
    folder.rmdir()
    write_state(folder, PROD)
    moved = write_tfvars(tmp_path / "elsewhere")
    with pytest.raises(OperatorError) as refused:
        open_folder(moved)
    assert f"mv {folder} {account_folders.get_folder(moved, ACCOUNT)}" in refused.value.next_step


@pytest.mark.parametrize("text", ["", '{"outputs": ', "[]", '{"outputs": {"deployment": 1}}'])
def test_the_broken_state_of_another_folder_stops_nobody(text: str, tfvars: Path, home: Path) -> None:
    other = home / "deployments" / "other-0123456789ab"
    other.mkdir(parents=True)
    (other / "terraform.tfstate").write_text(text)
    _, notices = open_folder(tfvars)
    assert [str(other / "terraform.tfstate") in notice for notice in notices] == [True]


def test_a_broken_state_that_may_be_this_deployments_is_refused(tfvars: Path, home: Path) -> None:
    old = home / "deployments" / "main"
    old.mkdir(parents=True)
    (old / "terraform.tfstate").write_text("")
    with pytest.raises(OperatorError, match="is broken") as refused:
        open_folder(tfvars)
    assert f"mv {old} {old}.other" in refused.value.next_step


def test_the_state_of_a_localstack_is_nobodys(tfvars: Path, home: Path) -> None:
    folder = home / "deployments" / "localstack"
    folder.mkdir(parents=True)
    (folder / "terraform.tfstate").write_text("")
    assert open_folder(tfvars)[1] == []


def test_two_processes_that_wait_for_a_third_move_a_state_once(tfvars: Path, home: Path) -> None:
    old, new = home / "deployments" / "main", account_folders.get_folder(tfvars, ACCOUNT)
    write_state(old, PROD)
    said = SimpleQueue[str]()

    def open_and_deploy() -> None:
        account_folders.open_folder(tfvars, PROD, said.put)

    with ThreadPoolExecutor() as pool:
        with locks.hold(old / "deploy.lock"):
            opened = [pool.submit(open_and_deploy) for _ in range(2)]
            waiting = [said.get(timeout=10), said.get(timeout=10)]
        for one in opened:
            one.result(timeout=10)
    assert (waiting, "was moved" in said.get()) == ([f"Waiting for another process, which uses {old}."] * 2, True)
    assert (said.empty(), (new / "terraform.tfstate").exists()) == (True, True)
    assert not new.with_name(f"{new.name}.without-state").exists()


def test_a_state_after_destroy_belongs_to_nobody(tfvars: Path, home: Path) -> None:
    (home / "deployments" / "main").mkdir(parents=True)
    (home / "deployments" / "main" / "terraform.tfstate").write_text('{"outputs": {}, "resources": []}')
    assert open_folder(tfvars)[1] == []


@pytest.mark.parametrize("name", account_folders.CI_VARIABLES)
def test_a_ci_job_without_a_backend_is_refused_before_anything_is_read(
    name: str, tfvars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "true")
    with pytest.raises(OperatorError, match=name) as refused:
        deployment.prepare_for_account(tfvars, "arm64", {})
    assert "backend_override.tf" in refused.value.next_step


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_a_variable_that_says_no_is_no_ci_job(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", value)
    account_folders.refuse_local_state_in_ci()


def test_a_ci_job_with_a_backend_goes_on(tfvars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    (tfvars.parent / "backend_override.tf").touch()
    with pytest.raises(OperatorError, match="No value for required variable"):
        deployment.prepare_for_account(tfvars, "arm64", {})


def test_the_state_of_another_account_is_refused() -> None:
    identity.require_same_account({"account_id": ACCOUNT}, ACCOUNT)
    identity.require_same_account(None, ACCOUNT)
    with pytest.raises(OperatorError, match=f"{OTHER_ACCOUNT}.*{ACCOUNT}"):
        identity.require_same_account({"account_id": OTHER_ACCOUNT}, ACCOUNT)


@pytest.mark.usefixtures("aws")
def test_credentials_of_another_account_than_the_files_are_refused(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "my.tfvars"
    variables = 'home_region = "eu-west-3"\nremote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n'
    file.write_text(variables + 'operations = { text = {} }\naccount_id = "210987654321"\n')
    with pytest.raises(OperatorError, match=f"{OTHER_ACCOUNT}.*{ACCOUNT}"):
        identity.read_identity(file)
    file.write_text(variables + f'operations = {{ text = {{}} }}\naccount_id = "{ACCOUNT}"\n')
    assert identity.read_identity(file) == PROD


LOCATION = {"prefix": "rekbridge", "home": "eu-west-3", "remote": "eu-west-1"}
OUTPUT = {"prefix": "rekbridge", "regions": {"home": "eu-west-3", "remote": "eu-west-1"}}
# An interrupted destroy has removed the outputs.
HALF = {
    "child_modules": [
        {"resources": [{"type": "terraform_data", "name": "location", "values": {"input": LOCATION}}]},
    ]
}
STATES: dict[str, dict[str, Any]] = {
    "whole": {"values": {"outputs": {"deployment": {"value": OUTPUT}}}},
    "half": {"values": {"root_module": HALF}},
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"prefix": "other"}, "prefix = rekbridge, not other"),
        ({"home": "eu-west-2"}, "home_region = eu-west-3, not eu-west-2"),
        ({"remote": "eu-central-1"}, "remote_region = eu-west-1, not eu-central-1"),
    ],
    ids=str,
)
def test_another_prefix_or_region_than_the_states_is_refused(
    state: dict[str, Any], change: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "evaluate_expression", lambda *_: LOCATION | change)
    with pytest.raises(OperatorError, match=named) as refused:
        identity.require_same_location(state, Path("my.tfvars"))
    assert "Set them back" in refused.value.next_step


@pytest.mark.parametrize("state", [{}, *STATES.values()], ids=["none", *STATES])
def test_the_same_prefix_and_regions_go_on(state: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "evaluate_expression", lambda *_: LOCATION)
    identity.require_same_location(state, Path("my.tfvars"))


def test_a_deployment_is_not_prepared_with_other_regions(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Prepared:
        def read_outputs(self) -> dict[str, Any]:
            return {"deployment": OUTPUT}

        def read_state(self) -> dict[str, Any]:
            return STATES["whole"]

    monkeypatch.setattr(deployment, "_build_and_initialize", lambda *_: Prepared())
    file = tmp_path / "my.tfvars"
    file.write_text(
        'home_region = "eu-west-2"\nremote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n'
        "operations = { text = {} }\n"
    )
    with pytest.raises(OperatorError, match="home_region = eu-west-3, not eu-west-2"):
        deployment.prepare_for_account(file, "arm64", {}, identity=PROD)
