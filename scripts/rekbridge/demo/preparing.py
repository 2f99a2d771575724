"""From a checkout to both regions deployed on the local cloud; what does not wait for another thing runs beside it."""

from concurrent.futures import ThreadPoolExecutor

from rekbridge.demo.steps import Steps
from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud, Plan
from rekbridge.packaging.build import build, folder, host_architecture
from rekbridge.read_models import regions
from rekbridge.read_models.deployed import Deployed
from rekbridge.support import paths, venvs
from rekbridge.support.venvs import Venv
from rekbridge.terraform import environment, running

# Those who read a queue; a first call that finds them started is measured as every later one will be.
READERS = ("ingest", "bridge", "analyze", "route")


def ready(steps: Steps, plan: Plan) -> tuple[LocalCloud, Deployed]:
    """Bring everything up to date and running. Raises OperatorError."""
    _terraform(steps)
    with ThreadPoolExecutor() as pool:
        installed = [pool.submit(_environment, steps, venv) for venv in (venvs.EMULATOR, venvs.ENGINE)]
        packages = pool.submit(_packages, steps)
        for venv in installed:
            venv.result()
        cloud = _cloud(steps, plan)
        packages.result()
    found = _deploy(steps, cloud)
    _warm(steps, found)
    return cloud, found


def _terraform(steps: Steps) -> None:
    """First, for it is the one thing that nobody but the operator can install."""
    with steps.step("terraform") as step:
        step.say(running.attempt(paths.ROOT, ["version"], environment.of_nobody()).stdout.partition("\n")[0])


def _environment(steps: Steps, venv: Venv) -> None:
    with steps.step(f"{venv.name} environment") as step:
        step.say("there already")
        venv.ensure(step.say)


def _packages(steps: Steps) -> None:
    architecture = host_architecture()
    with steps.step("packages") as step:
        step.say(f"one zip for each Lambda, {architecture}")
        packages = build(architecture, folder(architecture))
        step.say(f"{len(packages)} Lambdas, {sum(packages.values())} made anew, {architecture}")


def _cloud(steps: Steps, plan: Plan) -> LocalCloud:
    cloud = LocalCloud(plan.folder)
    with steps.step("local cloud") as step:
        was_up = cloud.state == "ready"
        step.say("starting")
        record = cloud.start(plan)
        lost = "; the last one did not end in order: this one starts empty" if record.lost and not was_up else ""
        step.say(f"{'was up' if was_up else 'started'}, {record.endpoint}{lost}")
    return cloud


def _deploy(steps: Steps, cloud: LocalCloud) -> Deployed:
    with steps.step("both regions, by Terraform") as step:
        step.say("init")
        variables = deployment.LOCAL | {"allowed_regions": regions.of_jurisdiction("EU")}
        terraform = deployment.to_cloud(cloud, variables, say=steps.warn)
        changes = terraform.apply(lambda where, done, total: step.count(where[-50:], done, total))
        found = Deployed(terraform.outputs()["deployment"], cloud.client)
        step.say(f"{found.home} and {found.remote}: {changes}")
    return found


def _warm(steps: Steps, found: Deployed) -> None:
    functions = found.client("lambda", found.home)
    with steps.step("first start of each Lambda") as step, ThreadPoolExecutor() as pool:
        names = [found.told["functions"][reader] for reader in READERS]
        step.say(", ".join(READERS))
        list(pool.map(lambda name: functions.invoke(FunctionName=name, Payload=b'{"Records": []}'), names))
