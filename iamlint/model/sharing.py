"""What is shared without a policy: ACLs, launch permissions, public snapshots, open URLs, and what blocks them."""

from __future__ import annotations

from typing import ClassVar, Literal

from iamlint.model.principal import Principal
from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing, term
from iamlint.model.unknown import Guard, Truth, Unknown, all_of, any_of

SharedKind = Literal[
    "image", "volume snapshot", "database snapshot", "document", "bucket", "object", "function", "resource share",
    "endpoint service", "registry", "key", "data lake", "data share", "cluster", "portfolio",
]  # fmt: skip
SharingMeans = Literal[
    "launch permission", "snapshot permission", "document permission", "ACL", "function URL", "RAM",
    "allowed principal", "replication", "grant", "authorization", "portfolio share",
]  # fmt: skip
BlockedKind = Literal["account", "bucket", "access point", "volume snapshots", "images"]

_SIGNED_IN = ("authenticated-read", "AuthenticatedUsers")


class Share(Thing):
    """Something shared with one grantee by other means than a policy.

    `grantee` is absent for a resource share that names nobody yet; `resource` is the bucket of an ACL and
    `resource_address` its declaration, where they are known; `external` says whether accounts outside of the
    organization may be given a resource share.
    """

    kind_of_thing: ClassVar[str] = "share"

    of: SharedKind
    means: SharingMeans
    label: str
    grantee: Principal | None = None
    permission: str = ""
    resource: Text | None = None
    resource_address: str = ""
    external: Setting | None = None

    @term
    def is_public(self) -> Truth:
        """Whether it is shared with everybody, if only with everybody who has an AWS account."""
        return False if self.grantee is None else self.grantee.is_anyone

    @term
    def account(self) -> str:
        """The twelve digits of the account that it is shared with; empty when it is none or not known."""
        return "" if self.grantee is None else self.grantee.account

    @term
    def whom(self) -> str:
        """With whom it is shared, in words."""
        if self.grantee is None:
            return "nobody yet"
        if self.grantee.kind != "anyone":
            return self.grantee.name.shown
        return "every AWS account" if self._asks_for_an_account else "anyone"

    @property
    def _asks_for_an_account(self) -> bool:
        """Images, snapshots, documents and endpoint services can be used by AWS accounts only, the other things
        anonymously too."""
        if self.of in ("image", "volume snapshot", "database snapshot", "document", "endpoint service"):
            return True
        return self.grantee is not None and self.grantee.name.shown.endswith(_SIGNED_IN)


class PublicAccessBlock(Thing):
    """What keeps an account, a bucket, an access point, snapshots or images from becoming public.

    The four settings are those of S3, `state` is what EC2 has instead of them; each is absent where there is none.
    """

    kind_of_thing: ClassVar[str] = "public_access_block"

    of: BlockedKind
    label: str
    resource: Text | None = None
    resource_address: str = ""
    block_public_acls: Setting
    ignore_public_acls: Setting
    block_public_policy: Setting
    restrict_public_buckets: Setting
    state: Setting

    @property
    def _settings(self) -> tuple[tuple[str, Setting], ...]:
        return (
            ("block_public_acls", self.block_public_acls),
            ("ignore_public_acls", self.ignore_public_acls),
            ("block_public_policy", self.block_public_policy),
            ("restrict_public_buckets", self.restrict_public_buckets),
        )

    @term
    def off(self) -> tuple[str, ...]:
        """The names of its settings that are certainly off."""
        named = tuple(name for name, setting in self._settings if setting.equals(False) is True)
        return (*named, "all blocking") if self.state.equals("unblocked") is True else named

    @term
    def leaves_open(self) -> bool:
        """Whether it stops neither what makes public nor its effect: of ACLs or of policies both settings are off."""
        off = self.off
        return (
            "all blocking" in off
            or {"block_public_acls", "ignore_public_acls"} <= set(off)
            or {"block_public_policy", "restrict_public_buckets"} <= set(off)
        )

    @term
    def first_off(self) -> Setting | None:
        """The first of its settings that is written and off; else the first that is off by default."""
        names = self.off
        settings = [getattr(self, name, self.state) for name in names]
        return next((setting for setting in settings if setting.declared), settings[0] if settings else None)

    def hides(self, share: Share) -> Truth:
        """Whether a public ACL has no effect because of this block."""
        if self.of == "account":
            covers: Truth = True
        elif self.of == "bucket":
            covers = _is_same(self, share)
        else:
            return False
        if covers is False:
            return False
        ignored = self.ignore_public_acls.equals(True)
        if ignored is False or covers is not True:
            return ignored if ignored is False else covers
        guard = share.when.joined(self.when)
        if guard is None:
            return False
        # A block that is there under more conditions than the ACL may be missing when the ACL is there.
        return ignored if guard == share.when else Unknown("the block is not always there")

    def stops_policy(self, buckets: tuple[str, ...], when: Guard) -> Truth:
        """Whether a public policy of the bucket that goes by these names is refused, or opens it to nobody."""
        if self.of == "account":
            covers: Truth = True
        elif self.of == "bucket":
            covers = any_of(_is_name_of(mine, other) for mine in self._names for other in buckets)
        else:
            return False
        if covers is False:
            return False
        stopped = any_of((self.block_public_policy.equals(True), self.restrict_public_buckets.equals(True)))
        if stopped is False or covers is not True:
            return stopped if stopped is False else covers
        guard = when.joined(self.when)
        if guard is None:
            return False
        return stopped if guard == when else Unknown("the block is not always there")

    @property
    def _names(self) -> tuple[str, ...]:
        name = self.resource.literal if self.resource is not None else None
        return (*_addresses(self), *([name] if name else []))

    def makes_up_for(self, block: PublicAccessBlock) -> Truth:
        """Whether this, as the block of the account, has on what the block of a bucket or access point has off."""
        if self.of != "account" or block.of not in ("bucket", "access point") or block is self:
            return False
        guard = block.when.joined(self.when)
        if guard is None or guard != block.when:
            return False if guard is None else Unknown("the block is not always there")
        return all_of(getattr(self, name).equals(True) for name in block.off)


def _is_same(block: PublicAccessBlock, share: Share) -> Truth:
    """Whether both speak of the same bucket: by its declaration, its name, or the same expression."""
    answers: list[Truth] = []
    for mine in _addresses(block):
        for other in _addresses(share):
            same_stem = mine.partition("[")[0] == other.partition("[")[0]
            open_key = mine.endswith("]") != other.endswith("]")
            answers.append(mine == other or (same_stem and open_key and Unknown("which instance is not known")))
    if block.resource is not None and share.resource is not None:
        if block.resource.parts == share.resource.parts:
            answers.append(True)
        elif all(named.literal is not None or named.ref is not None for named in (block.resource, share.resource)):
            # A bucket that is declared here under that name would have given its name, not a reference.
            answers.append(False)
    return any_of(answers) if answers else Unknown("which bucket is meant is not known")


def _is_name_of(mine: str, other: str) -> Truth:
    """Whether two names of buckets are the same; of several instances, which one is meant may not be known."""
    if mine == other:
        return True
    same_stem = mine.partition("[")[0] == other.partition("[")[0]
    return Unknown("which instance is not known") if same_stem and mine.endswith("]") != other.endswith("]") else False


def _addresses(thing: PublicAccessBlock | Share) -> tuple[str, ...]:
    """The declarations of the bucket that a thing speaks of."""
    if thing.resource_address:
        return (thing.resource_address,)
    reference = thing.resource.ref if thing.resource is not None else None
    return (reference.ref,) if reference is not None else ()
