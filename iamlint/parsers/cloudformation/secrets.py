"""Credentials in a template: in properties meant for passwords, in environments, in user data, in any text."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.secret import Output, Secret, SecretContext
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import ALWAYS, Guard
from iamlint.model.value import MapValue, Value
from iamlint.parsers import credentials
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.handed_keys import HandedKeys
from iamlint.parsers.cloudformation.secret_places import leaves, referred, values, variables, within
from iamlint.parsers.cloudformation.sections import Parameter, Sections
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.values import alternatives, as_text
from iamlint.source.node import MappingNode, Node, ScalarNode
from iamlint.source.span import Place, SourceText

# type: the properties that take a password or the like in clear, `/` before what lies within an object or list.
_PASSWORDS: dict[str, tuple[str, ...]] = {
    "AWS::AmazonMQ::Broker": ("Users/Password",),
    "AWS::Amplify::App": ("AccessToken", "OauthToken", "BasicAuthConfig/Password"),
    "AWS::Amplify::Branch": ("BasicAuthConfig/Password",),
    "AWS::AppStream::DirectoryConfig": ("ServiceAccountCredentials/AccountPassword",),
    "AWS::CodeBuild::SourceCredential": ("Token",),
    "AWS::CodePipeline::Webhook": ("AuthenticationConfiguration/SecretToken",),
    "AWS::Cognito::UserPoolIdentityProvider": ("ProviderDetails/client_secret",),
    "AWS::DirectoryService::MicrosoftAD": ("Password",),
    "AWS::DirectoryService::SimpleAD": ("Password",),
    "AWS::DMS::Endpoint": ("Password", "MongoDbSettings/Password"),
    "AWS::DocDB::DBCluster": ("MasterUserPassword",),
    "AWS::DocDBElastic::Cluster": ("AdminUserPassword",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::ElastiCache::User": ("Passwords",),
    "AWS::EMR::Cluster": (
        "KerberosAttributes/KdcAdminPassword", "KerberosAttributes/ADDomainJoinPassword",
        "KerberosAttributes/CrossRealmTrustPrincipalPassword",
    ),
    "AWS::FSx::FileSystem": ("WindowsConfiguration/SelfManagedActiveDirectoryConfiguration/Password",),
    "AWS::IAM::User": ("LoginProfile/Password",),
    "AWS::KinesisFirehose::DeliveryStream": (
        "RedshiftDestinationConfiguration/Password", "SplunkDestinationConfiguration/HECToken",
    ),
    "AWS::Lightsail::Database": ("MasterUserPassword",),
    "AWS::ManagedBlockchain::Member": (
        "MemberConfiguration/MemberFrameworkConfiguration/MemberFabricConfiguration/AdminPassword",
    ),
    "AWS::MemoryDB::User": ("AuthenticationMode/Passwords",),
    "AWS::Neptune::DBCluster": ("MasterUserPassword",),
    "AWS::OpenSearchService::Domain": ("AdvancedSecurityOptions/MasterUserOptions/MasterUserPassword",),
    "AWS::Elasticsearch::Domain": ("AdvancedSecurityOptions/MasterUserOptions/MasterUserPassword",),
    "AWS::OpsWorks::App": ("AppSource/Password", "SslConfiguration/PrivateKey"),
    "AWS::OpsWorks::Stack": ("CustomCookbooksSource/Password", "RdsDbInstances/DbPassword"),
    "AWS::Pinpoint::APNSChannel": ("PrivateKey",),
    "AWS::QuickSight::DataSource": ("Credentials/CredentialPair/Password",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword", "TdeCredentialPassword"),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
    "AWS::RedshiftServerless::Namespace": ("AdminUserPassword",),
    "AWS::SecretsManager::Secret": ("SecretString",),
    "Alexa::ASK::Skill": ("AuthenticationConfiguration/ClientSecret", "AuthenticationConfiguration/RefreshToken"),
}  # fmt: skip

# Where environment variables stand: a map of names, or a list of objects with a name and a value.
_ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    "AWS::AppRunner::Service": (
        "SourceConfiguration/ImageRepository/ImageConfiguration/RuntimeEnvironmentVariables",
        "SourceConfiguration/CodeRepository/CodeConfiguration/CodeConfigurationValues/RuntimeEnvironmentVariables",
    ),
    "AWS::ApiGateway::Stage": ("Variables",),
    "AWS::Batch::JobDefinition": ("ContainerProperties/Environment",),
    "AWS::CodeBuild::Project": ("Environment/EnvironmentVariables",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions/Environment",),
    "AWS::Glue::Job": ("DefaultArguments",),
    "AWS::Lambda::Function": ("Environment/Variables",),
    "AWS::SageMaker::Model": ("PrimaryContainer/Environment", "Containers/Environment"),
    "AWS::Serverless::Function": ("Environment/Variables",),
    "AWS::Amplify::App": ("EnvironmentVariables",),
}
_USER_DATA: dict[str, str] = {
    "AWS::EC2::Instance": "UserData",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData",
    "AWS::AutoScaling::LaunchConfiguration": "UserData",
    "AWS::EC2::SpotFleet": "SpotFleetRequestConfigData",
}
_CREDENTIALS = ("accessKeyId", "secretKey", "password")


class Secrets:
    """Collects the credentials of one template."""

    def __init__(self, builder: StackBuilder, sections: Sections) -> None:
        self._builder = builder
        self._sections = sections
        self._regions: list[tuple[int, int, SecretContext, Declaring, str]] = []
        self._handed = HandedKeys(sections)
        self._taken: set[int] = set()
        self._parameters: set[str] = set()

    def of_resource(self, it: Declaring) -> None:
        """Looks at the places of a resource that take credentials."""
        metadata = it.node.get("Metadata")
        if isinstance(metadata, MappingNode):
            self._metadata(it, metadata)
        if it.properties is None:
            return
        for path in _PASSWORDS.get(it.kind, ()):
            steps = path.split("/")
            for node in within(it.properties, steps):
                self._password(it, node, path, steps[-1])
                if path == "SecretString":
                    self._stored(it, node, path)
        for path in _ENVIRONMENTS.get(it.kind, ()):
            for node in within(it.properties, path.split("/"), whole=True):
                self._region(node, "environment", it, path)
                self._environment(it, node, path)
        user_data = it.written(_USER_DATA[it.kind]) if it.kind in _USER_DATA else None
        if user_data is not None:
            self._region(user_data, "user data", it, _USER_DATA[it.kind])

    def _metadata(self, it: Declaring, metadata: MappingNode) -> None:
        first_boot = metadata.get("AWS::CloudFormation::Init")
        if first_boot is not None:
            path = "Metadata/AWS::CloudFormation::Init"
            self._region(first_boot, "user data", it, path)
            for config in values(first_boot):
                for command in values(config.get("commands") if isinstance(config, MappingNode) else None):
                    variables = command.get("env") if isinstance(command, MappingNode) else None
                    if variables is not None:
                        self._environment(it, variables, path, "user data")
        authentication = metadata.get("AWS::CloudFormation::Authentication")
        if isinstance(authentication, MappingNode):
            path = "Metadata/AWS::CloudFormation::Authentication"
            self._region(authentication, "authentication", it, path)
            for _, entry in authentication.entries:
                for name in _CREDENTIALS:
                    node = entry.get(name) if isinstance(entry, MappingNode) else None
                    if node is not None and name != "accessKeyId":
                        self._password(it, node, path, name, "authentication")

    def _region(self, node: Node, context: SecretContext, it: Declaring, element: str) -> None:
        self._handed.look(it, node, element)
        self._regions.append((node.start, node.end, context, it, element))

    def _password(
        self, it: Declaring, node: Node, path: str, name: str, context: SecretContext = "password property"
    ) -> None:
        """A property that takes a password: written in clear, or handed over by a parameter in clear."""
        for leaf in leaves(node):
            if isinstance(leaf, ScalarNode):
                self._literal(it, leaf, path, name, context)
            else:
                parameter = self._sections.parameters.get(referred(leaf))
                if parameter is not None and (name != "SecretString" or credentials.secret_name(parameter.name)):
                    self._parameter(parameter)

    def _stored(self, it: Declaring, node: Node, path: str) -> None:
        """The members of a secret that is JSON: those whose name says that they are one, and whose value is literal."""
        for option in alternatives(it.evaluator.value(node)):
            if not isinstance(option, Text) or not option.shown.lstrip().startswith("{"):
                continue
            document = read_json_text(option)
            for key, member in document.entries if isinstance(document, MapValue) else ():
                text = as_text(member)
                content = text.literal if text is not None else None
                kind = credentials.secret_name(key.shown)
                if text is None or not content or kind is None or text.place.start in self._taken:
                    continue
                if credentials.looks_like_placeholder(content) or "{{resolve:" in content:
                    continue
                self._taken.add(text.place.start)
                self._builder.add(
                    Secret(
                        kind=kind,
                        context="password property",
                        hint=credentials.hint(content),
                        owner=f"{it.logical_id}.{key.shown}",
                        place=text.place,
                        via=text.via,
                        when=it.when.joined(option.when) or it.when,
                        address=it.address,
                        element=path,
                    )
                )

    def _literal(self, it: Declaring, node: ScalarNode, path: str, name: str, context: SecretContext) -> None:
        """A secret written in clear under the name of a property, a key or a variable."""
        value = node.value
        if isinstance(value, (bool, float)) or value is None:
            return
        content = str(value)
        if credentials.looks_like_placeholder(content) or "{{resolve:" in content or node.start in self._taken:
            return
        self._taken.add(node.start)
        self._builder.add(
            Secret(
                kind="secret access key" if name == "secretKey" else credentials.secret_name(name) or "password",
                context=context,
                hint=credentials.hint(content),
                owner=f"{it.logical_id}.{name}" if context == "password property" else it.logical_id,
                place=node,
                when=it.when,
                address=it.address,
                element=path,
            )
        )

    def _parameter(self, parameter: Parameter) -> None:
        """A parameter that a password is handed over by: shown to everybody, or with a default in clear."""
        default = parameter.default
        content = str(default.value) if default is not None else ""
        known = bool(content) and "{{resolve:" not in content
        hidden = parameter.no_echo and (not known or credentials.looks_like_placeholder(content))
        if hidden or parameter.is_looked_up or content.startswith("{{resolve:") or parameter.name in self._parameters:
            return
        self._parameters.add(parameter.name)
        self._builder.add(
            Secret(
                kind="password",
                context="parameter",
                hint=credentials.hint(content) if known else "",
                owner=parameter.name,
                place=default if default is not None and known and parameter.no_echo else parameter.header,
                address=f"Parameters/{parameter.name}",
            )
        )

    def _environment(self, it: Declaring, node: Node, path: str, context: SecretContext = "environment") -> None:
        for name, value in variables(it.evaluator.value(node)):
            kind = credentials.secret_name(name)
            if kind is None:
                continue
            for option in alternatives(value):
                text = as_text(option)
                content = text.literal if text is not None else None
                if text is None or not content or text.place.start in self._taken:
                    continue
                is_example = credentials.is_documented_example(content)
                if not is_example and credentials.looks_like_placeholder(content):
                    continue
                if credentials.looks_like_reference(content):
                    continue
                if kind in ("access key id", "secret access key") and len(content) < 16:
                    continue
                self._taken.add(text.place.start)
                self._builder.add(
                    Secret(
                        kind=kind,
                        context=context,
                        hint=credentials.hint(content),
                        owner=it.logical_id,
                        is_example=is_example,
                        place=text.place,
                        via=text.via,
                        when=it.when.joined(option.when) or it.when,
                        address=it.address,
                        element=path,
                    )
                )

    def in_text(self, source: SourceText) -> None:
        """Looks through the whole file; what stands in user data, an environment … is said to be there."""
        for found in credentials.find(source.text):
            if any(found.start <= start + 1 and start < found.end for start in self._taken):
                continue
            context, it, element = self._around(found.start)
            self._builder.add(
                Secret(
                    kind=found.kind,
                    context=context,
                    hint=found.hint,
                    owner=it.logical_id if it is not None else "",
                    is_example=found.is_example,
                    place=Place(source, found.start, found.end),
                    when=it.when if it is not None else ALWAYS,
                    address=it.address if it is not None else "",
                    element=element,
                )
            )

    def _around(self, offset: int) -> tuple[SecretContext, Declaring | None, str]:
        for start, end, context, it, element in self._regions:
            if start <= offset < end:
                return context, it, element
        return "text", None, ""


def output(
    builder: StackBuilder,
    sections: Sections,
    value_of: Callable[[Node], Value],
    name: str,
    body: MappingNode,
    when: Guard,
) -> None:
    """An output, if it carries a secret: the secret of an access key, or a parameter with NoEcho."""
    value = body.get("Value")
    if value is not None:
        _carrier(builder, sections, value_of, name, value, f"Outputs/{name}", when)


def stored_parameter(it: Declaring, sections: Sections) -> None:
    """An SSM parameter, which is kept in clear unless it is a SecureString, which CloudFormation cannot make."""
    value = it.written("Value")
    if value is not None:
        _carrier(it.builder, sections, it.evaluator.value, it.logical_id, value, it.address, it.when)


def _carrier(
    builder: StackBuilder,
    sections: Sections,
    value_of: Callable[[Node], Value],
    name: str,
    node: Node,
    address: str,
    when: Guard,
) -> None:
    carries = next(filter(None, (_secret_in(leaf, sections) for leaf in leaves(node))), "")
    if carries:
        sensitive = Setting(value=False, place=node, declared=False)
        text = as_text(next(alternatives(value_of(node))))
        builder.add(
            Output(name=name, value=text, carries=carries, sensitive=sensitive, place=node, when=when, address=address)
        )


def _secret_in(leaf: Node, sections: Sections) -> str:
    """What secret a reference gives, in words; empty when none."""
    if isinstance(leaf, ScalarNode):
        return ""
    resource, _, attribute = referred(leaf).partition(".")
    parameter = sections.parameters.get(resource)
    if parameter is not None and not attribute:
        return f"parameter {resource}" if parameter.no_echo else ""
    declared = sections.resources.get(resource) if sections.resources is not None else None
    kind = declared.get("Type") if isinstance(declared, MappingNode) else None
    if attribute == "SecretAccessKey" and isinstance(kind, ScalarNode) and kind.value == "AWS::IAM::AccessKey":
        return f"the secret of access key {resource}"
    return ""
