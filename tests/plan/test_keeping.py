"""What must be kept is kept, and what must go goes."""

from tests.plan.planned import Json, Plan


def rules(plan: Plan, module: str) -> dict[str, Json]:
    lifecycle = plan.one(f"{module}.aws_s3_bucket_lifecycle_configuration.this")
    return {rule["id"]: rule for rule in lifecycle.values["rule"]}


def test_tables_can_be_restored_and_are_protected(plan: Plan) -> None:
    for table in plan.of("aws_dynamodb_table"):
        assert table.values["deletion_protection_enabled"], table.address
        assert table.values["point_in_time_recovery"][0]["enabled"], table.address


def test_no_bucket_is_destroyed_with_what_is_in_it(plan: Plan) -> None:
    assert not [bucket.address for bucket in plan.of("aws_s3_bucket") if bucket.values["force_destroy"]]


def test_only_media_keeps_versions(plan: Plan) -> None:
    versioned = [versioning.module for versioning in plan.of("aws_s3_bucket_versioning")]
    assert versioned == ["module.home.module.media"]


def test_a_staged_copy_expires_after_a_day(plan: Plan) -> None:
    assert rules(plan, "module.remote.module.staging")["current"]["expiration"][0]["days"] == 1


def test_a_prepared_image_outlives_the_work_that_may_wait_for_it(plan: Plan) -> None:
    assert rules(plan, "module.home.module.prepared")["current"]["expiration"][0]["days"] > 10


def test_a_result_never_expires(plan: Plan) -> None:
    assert set(rules(plan, "module.home.module.results")) == {"abandoned-uploads"}


def test_abandoned_uploads_go_everywhere(plan: Plan) -> None:
    for bucket in plan.of("aws_s3_bucket"):
        assert rules(plan, bucket.module)["abandoned-uploads"]["abort_incomplete_multipart_upload"]


def test_logs_expire(plan: Plan) -> None:
    assert {group.values["retention_in_days"] for group in plan.of("aws_cloudwatch_log_group")} == {30}
