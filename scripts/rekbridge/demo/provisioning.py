"""Brings the local cloud up and deploys both regions to it. Independent steps run in parallel."""

from concurrent.futures import ThreadPoolExecutor

from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud, LocalCloudSettings
from rekbridge.packaging.build import build_packages, get_host_architecture, get_package_folder
from rekbridge.read_models import regions
from rekbridge.read_models.deployment import Deployment
from rekbridge.support import paths, venvs
from rekbridge.support.steps import Steps
from rekbridge.support.venvs import Venv
from rekbridge.terraform import environment, running

# The Lambdas that read a queue. They are invoked once before the first upload, so that no measured time includes a
# cold start.
CONSUMERS = ("ingest", "bridge", "analyze", "route")


def provision(steps: Steps, settings: LocalCloudSettings) -> tuple[LocalCloud, Deployment]:
    """Install, build, start and deploy whatever is missing or out of date. Raises OperatorError."""
    _check_terraform(steps)
    with ThreadPoolExecutor() as pool:
        environments = [pool.submit(_install_environment, steps, venv) for venv in (venvs.EMULATOR, venvs.ENGINE)]
        packages = pool.submit(_build_packages, steps)
        for venv in environments:
            venv.result()
        cloud = _start_cloud(steps, settings)
        packages.result()
    deployed = _deploy(steps, cloud)
    _warm_up(steps, deployed)
    return cloud, deployed


def _check_terraform(steps: Steps) -> None:
    """The first step, because Terraform is the one thing that the operator has to install."""
    with steps.run_step("terraform") as step:
        version = running.run_unchecked(paths.ROOT, ["version"], environment.build_isolated_environment()).stdout
        step.show(version.partition("\n")[0])


def _install_environment(steps: Steps, venv: Venv) -> None:
    with steps.run_step(f"{venv.name} environment") as step:
        venv.ensure(step.show)
        step.show("installed" if step.message else "already installed")


def _build_packages(steps: Steps) -> None:
    architecture = get_host_architecture()
    with steps.run_step("packages") as step:
        step.show(f"one zip for each Lambda, {architecture}")
        packages = build_packages(architecture, get_package_folder(architecture))
        step.show(f"{len(packages)} Lambdas, {sum(packages.values())} rebuilt, {architecture}")


def _start_cloud(steps: Steps, settings: LocalCloudSettings) -> LocalCloud:
    cloud = LocalCloud(settings.folder)
    with steps.run_step("local cloud") as step:
        was_up = cloud.state == "ready"
        step.show("starting")
        record = cloud.start(settings)
        lost = "; the previous one was killed: this one is empty" if record.state_lost and not was_up else ""
        step.show(f"{'already running' if was_up else 'started'}, {record.endpoint}{lost}")
    return cloud


def _deploy(steps: Steps, cloud: LocalCloud) -> Deployment:
    with steps.run_step("both regions, by Terraform") as step:
        step.show("init")
        variables = deployment.LOCAL_VARIABLES | {"allowed_regions": regions.list_regions_of("EU")}
        terraform = deployment.prepare_for_cloud(cloud, variables, notify=steps.warn)
        changes = terraform.apply(lambda address, done, total: step.show_progress(address[-50:], done, total))
        deployed = Deployment(terraform.read_outputs()["deployment"], cloud.client)
        step.show(f"{deployed.home} and {deployed.remote}: {changes}")
    return deployed


def _warm_up(steps: Steps, deployed: Deployment) -> None:
    functions = deployed.client("lambda", deployed.home)
    with steps.run_step("first start of each Lambda") as step, ThreadPoolExecutor() as pool:
        names = [deployed.outputs["functions"][consumer] for consumer in CONSUMERS]
        step.show(", ".join(CONSUMERS))
        list(pool.map(lambda name: functions.invoke(FunctionName=name, Payload=b'{"Records": []}'), names))
