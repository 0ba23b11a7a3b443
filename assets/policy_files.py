"""The only place that reads policy files: one folder per group, reference facts beside them, all of it validated.

What a policy may say is typed in schemas/policy; what must agree across files is judged in assets/policy_consistency.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from assets.policy_consistency import consistency_problems
from assets.policy_inherit import is_base, with_bases
from assets.policy_problem import PolicyError, Problem, listed
from assets.policy_shape import shape_problems
from assets.policy_yaml import Document, read_csv_rows, read_yaml
from schemas.identity_model import IdentityModel
from schemas.names import nearest_of
from schemas.ordered import plain_content
from schemas.policy import Policy
from schemas.policy.audiences import AudiencePolicy
from schemas.policy.channels import ChannelsPolicy
from schemas.policy.experiments import ExperimentsPolicy
from schemas.policy.group import Group
from schemas.policy.identity import IdentityPolicy
from schemas.policy.plan import ConquestPolicy, PlanPolicy
from schemas.policy.privacy import PrivacyPolicy
from schemas.policy.reference import Make, Model, Reference, ServiceInterval, Warranty
from schemas.policy.scoring import ScoringPolicy
from schemas.policy.service import ServicePolicy
from schemas.policy.triggers import TriggersPolicy

POLICY_ROOT = Path(__file__).resolve().parent.parent / "policy"
REFERENCE = "reference"
EXTENDS = "extends.yaml"
AUDIENCES = "audiences"
SHARED = frozenset({"identity_model", "service"})  # files that a group need not have: the reference's stands in

FILES: Mapping[str, Any] = MappingProxyType(
    {
        "group": Group,
        "conquest": ConquestPolicy,
        "triggers": TriggersPolicy,
        "scoring": ScoringPolicy,
        "identity": IdentityPolicy,
        "identity_model": IdentityModel,
        "channels": ChannelsPolicy,
        "privacy": PrivacyPolicy,
        "experiments": ExperimentsPolicy,
        "plan": PlanPolicy,
        "service": ServicePolicy,
    }
)
TABLES: Mapping[str, tuple[str, Any]] = MappingProxyType(
    {
        "warranty": ("warranties", Warranty),
        "service_intervals": ("service_intervals", ServiceInterval),
        "makes": ("makes", Make),
        "models": ("models", Model),
    }
)


def load_policy(group: str, root: Path | None = None) -> Policy:
    """Read and validate one group's policy; PolicyError with every problem where it cannot be used.

    `root` is the folder that holds the groups' folders and `reference`; the repository's own `policy/` where absent.
    """
    policy, problems = read_policy(group, root or POLICY_ROOT)
    if problems or policy is None:
        raise PolicyError(group, problems)
    return policy


def read_policy(group: str, root: Path) -> tuple[Policy | None, list[Problem]]:
    """The policy where its shape is right, and every problem that was found, in order of file and line."""
    if not (root / group).is_dir():
        return None, [_no_group(group, root)]
    return judged(*read_documents(group, root))


def judged(documents: dict[str, Document], problems: list[Problem]) -> tuple[Policy | None, list[Problem]]:
    """The policy that documents hold, where their shapes are right, and all problems; `problems` are those of reading them."""
    parts = {name: _validated(model, documents.get(name), problems) for name, model in FILES.items()}
    audiences = [
        _validated(AudiencePolicy, document, problems) for name, document in documents.items() if name.startswith("audiences/")
    ]
    tables = {key: _rows(model, documents.get(name), problems) for name, (key, model) in TABLES.items()}
    if problems:
        return None, sorted(set(problems))
    reference = Reference.model_validate(tables)
    content = {**parts, "audiences": tuple(sorted(audiences, key=lambda one: one.audience)), "reference": reference}
    policy = Policy(**content, policy_hash=policy_hash(content))
    return policy, consistency_problems(policy, documents)


def policy_hash(content: Mapping[str, Any]) -> str:
    """SHA-256, hex, of the validated content in canonical JSON: comments and layout do not matter, nor does the order of keys
    but where it decides (schemas.ordered).
    """
    plain = {name: plain_content(value) for name, value in content.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _no_group(group: str, root: Path) -> Problem:
    folders = root.iterdir() if root.is_dir() else ()
    known = sorted(one.name for one in folders if (one / "group.yaml").is_file() or (one / EXTENDS).is_file())
    return Problem(group, 0, "", f"no folder {group!r} in the policy folder", listed(known), nearest_of(group, known))


def read_documents(group: str, root: Path) -> tuple[dict[str, Document], list[Problem]]:
    """Every file of the group and of the reference by its name without suffix, and what could not be read."""
    extension = _extension_of(group, root)
    if isinstance(extension, Problem):
        return {}, [extension]
    base, is_joined = extension or (None, False)
    files = {name: _own_or_inherited(root, group, base, f"{name}.yaml") for name in FILES}
    homes = [base, group] if base else [group]
    found = [path for home in homes for path in sorted((root / home / AUDIENCES).glob("*.yaml"))]
    if not is_joined:
        found = [path for path in found if path.parent.parent.name == group or is_base(f"{AUDIENCES}/{path.stem}")]
    files |= {f"audiences/{path.stem}": path for path in found}
    files |= {name: root / REFERENCE / f"{name}.csv" for name in TABLES}
    documents: dict[str, Document] = {}
    problems = (
        []
        if any(not is_base(f"audiences/{path.stem}") for path in found)
        else [Problem(f"{group}/audiences", 0, "", "no file", "at least one *.yaml, one per audience")]
    )
    for name, path in files.items():
        file = path.relative_to(root).as_posix()
        if not path.is_file():
            problems.append(Problem(file, 0, "", "no such file", f"the file {path.name}"))
            continue
        read = read_csv_rows(path, file) if path.suffix == ".csv" else read_yaml(path, file)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            documents[name] = read
    laid, broken = with_bases(documents, frozenset(files) - frozenset(documents))
    return laid, problems + broken + _stray_files(group, root)


def _extension_of(group: str, root: Path) -> tuple[str, bool] | Problem | None:
    """The group whose files stand in for the ones that this group has not, where extends.yaml names one, and whether its
    audiences are taken too. Its bases always are.
    """
    place = root / group / EXTENDS
    if not place.is_file():
        return None
    file = place.relative_to(root).as_posix()
    read = read_yaml(place, file)
    if isinstance(read, Problem):
        return read
    stray = sorted(set(read.content) - {"extends", AUDIENCES})
    if stray:
        known = ("extends", AUDIENCES)
        return Problem(
            file, read.line((stray[0],)), stray[0], f"the unknown key {stray[0]!r}", listed(known), nearest_of(stray[0], known)
        )
    groups = sorted(one.name for one in root.iterdir() if (one / "group.yaml").is_file())
    base, taken = read.content.get("extends"), read.content.get(AUDIENCES, "joined")
    if base not in groups:
        return Problem(file, 1, "extends", f"{base!r} is not a group", listed(groups), nearest_of(str(base), groups))
    if taken not in ("joined", "own"):
        expected = "joined (the other group's audiences too) or own (only those of this folder)"
        return Problem(file, read.line((AUDIENCES,)), AUDIENCES, repr(taken), expected)
    return str(base), taken == "joined"


def _own_or_inherited(root: Path, group: str, base: str | None, name: str) -> Path:
    homes = [group, *([base] if base else []), *([REFERENCE] if Path(name).stem in SHARED else [])]
    places = [root / home / name for home in homes]
    return next((place for place in places if place.is_file()), places[min(len(places), 2) - 1])


def _stray_files(group: str, root: Path) -> list[Problem]:
    """Files that nobody reads: a misspelt name would otherwise be silently ignored."""
    known = {f"{name}.yaml" for name in FILES} | {EXTENDS}
    strays = sorted(one.name for one in (root / group).glob("*.y*ml") if one.name not in known)
    strays += sorted(f"audiences/{one.name}" for one in (root / group / "audiences").glob("*.yml"))
    return [
        Problem(
            f"{group}/{name}", 0, "", "a file that nobody reads", listed(known | {"audiences/*.yaml"}), nearest_of(name, known)
        )
        for name in strays
    ]


def _validated(model: Any, document: Document | None, problems: list[Problem]) -> Any:
    """The model of one file, or None with its problems added."""
    if document is None:
        return None
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        problems += shape_problems(error, document, model)
        return None


def _rows(model: Any, document: Document | None, problems: list[Problem]) -> tuple[Any, ...]:
    """The models of the rows of one CSV, with the problems of bad rows added. Aliases are split at |; blanks are absent."""
    rows = []
    for index, row in enumerate(document.content if document else []):
        filled = {key: value for key, value in row.items() if value != ""}
        if "aliases" in filled:
            filled["aliases"] = [one.strip() for one in filled["aliases"].split("|") if one.strip()]
        try:
            rows.append(model.model_validate(filled))
        except ValidationError as error:
            problems += shape_problems(error, document, model, (index,)) if document else []
    return tuple(rows)
