"""What must be kept is kept, and what must expire expires."""

from tests.plan.terraform_plan import PlanObject, TerraformPlan


def find_lifecycle_rules(plan: TerraformPlan, module: str) -> dict[str, PlanObject]:
    """The lifecycle rules of a module's bucket, by id."""
    lifecycle = plan.get(f"{module}.aws_s3_bucket_lifecycle_configuration.this")
    return {rule["id"]: rule for rule in lifecycle.values["rule"]}


# Seconds after a loss its items are made anew: an old state of the rate limits would be worse than none.
NOT_RESTORED = {"rekbridge-rate-limit"}


def test_tables_are_protected(plan: TerraformPlan) -> None:
    for table in plan.find_all("aws_dynamodb_table"):
        assert table.values["deletion_protection_enabled"], table.address


def test_every_table_can_be_restored_except_the_rate_limits(plan: TerraformPlan) -> None:
    restorable = {
        table.values["name"]: any(recovery["enabled"] for recovery in table.values.get("point_in_time_recovery") or [])
        for table in plan.find_all("aws_dynamodb_table")
    }
    assert {name for name, can_be_restored in restorable.items() if not can_be_restored} == NOT_RESTORED


def test_no_bucket_is_destroyed_with_its_objects(plan: TerraformPlan) -> None:
    assert not [bucket.address for bucket in plan.find_all("aws_s3_bucket") if bucket.values["force_destroy"]]


def test_only_the_media_bucket_is_versioned(plan: TerraformPlan) -> None:
    versioned = [versioning.module for versioning in plan.find_all("aws_s3_bucket_versioning")]
    assert versioned == ["module.home.module.media"]


def test_a_staged_copy_expires_after_a_day(plan: TerraformPlan) -> None:
    assert find_lifecycle_rules(plan, "module.remote.module.staging")["current"]["expiration"][0]["days"] == 1


def test_a_prepared_image_is_kept_longer_than_a_message_may_wait(plan: TerraformPlan) -> None:
    assert find_lifecycle_rules(plan, "module.home.module.prepared")["current"]["expiration"][0]["days"] > 10


def test_a_result_never_expires(plan: TerraformPlan) -> None:
    assert set(find_lifecycle_rules(plan, "module.home.module.results")) == {"incomplete-uploads"}


def test_incomplete_uploads_expire_in_every_bucket(plan: TerraformPlan) -> None:
    for bucket in plan.find_all("aws_s3_bucket"):
        rules = find_lifecycle_rules(plan, bucket.module)
        assert rules["incomplete-uploads"]["abort_incomplete_multipart_upload"]


def test_logs_expire_after_30_days(plan: TerraformPlan) -> None:
    assert {group.values["retention_in_days"] for group in plan.find_all("aws_cloudwatch_log_group")} == {30}
