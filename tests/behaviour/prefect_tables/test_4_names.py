"""Section 4: what programs import from Prefect is there under `recoup`, with the same module and name."""

import subprocess
import sys
from importlib import import_module

import pytest

NAMES = {
    "recoup": "task flow Task Flow State Transaction tags unmapped allow_failure get_run_logger",
    "recoup.cache_policies": "CachePolicy CacheKeyFnPolicy CompoundCachePolicy Inputs TaskSource FlowParameters RunId INPUTS"
    " TASK_SOURCE FLOW_PARAMETERS RUN_ID DEFAULT NO_CACHE NONE CODE",
    "recoup.tasks": "task Task task_input_hash exponential_backoff",
    "recoup.flows": "flow Flow",
    "recoup.results": "ResultStore ResultRecord ResultRecordMetadata get_result_store get_default_result_storage"
    " resolve_result_storage resolve_serializer should_persist_result",
    "recoup.transactions": "Transaction AsyncTransaction transaction atransaction get_transaction CommitMode IsolationLevel"
    " TransactionState",
    "recoup.locking.protocol": "LockManager",
    "recoup.locking.memory": "MemoryLockManager",
    "recoup.locking.filesystem": "FileSystemLockManager",
    "recoup.locking.redis": "RedisLockManager",
    "recoup.serializers": "Serializer PickleSerializer JSONSerializer CompressedSerializer CompressedPickleSerializer"
    " CompressedJSONSerializer",
    "recoup.filesystems": "LocalFileSystem WritableFileSystem",
    "recoup.futures": "PrefectFuture Future PrefectFutureList FutureList as_completed wait resolve_futures_to_states"
    " resolve_futures_to_results",
    "recoup.task_runners": "TaskRunner ThreadPoolTaskRunner ConcurrentTaskRunner ProcessPoolTaskRunner",
    "recoup.states": "State StateType Completed Failed Crashed Cancelled Running Pending Scheduled AwaitingRetry Retrying",
    "recoup.context": "TaskRunContext FlowRunContext get_run_context tags",
    "recoup.runtime": "task_run flow_run",
    "recoup.utilities.annotations": "unmapped allow_failure quote opaque",
    "recoup.exceptions": "HashError MissingResult ConfigurationError SerializationError UnfinishedRun FailedRun CrashedRun"
    " CancelledRun UpstreamTaskError MappingLengthMismatch MappingMissingIterable ParameterBindError ReservedArgumentError"
    " MissingContextError RecoupError",
    "recoup.logging": "get_run_logger",
    "recoup.settings": "temporary_settings get_current_settings",
}
TABLE = [(module, name) for module, names in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), TABLE, ids=[f"{module}.{name}" for module, name in TABLE])
def test_a_name_of_prefect_is_where_its_users_look_for_it(module, name):
    assert hasattr(import_module(module), name)


def test_after_the_import_of_the_package_its_modules_are_there():
    """`import recoup` and then `recoup.runtime.flow_run.id`; each is imported when it is first asked for."""
    program = (
        "import sys, recoup\nassert 'recoup.runtime' not in sys.modules\n"
        f"for name in {sorted({name.split('.')[1] for name in NAMES if '.' in name})}:\n    getattr(recoup, name).__doc__\n"
        "assert recoup.runtime.flow_run.id is None\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
