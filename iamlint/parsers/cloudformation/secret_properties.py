"""Which properties of which resource types take credentials: passwords, environments, user data."""

from __future__ import annotations

# type: the properties that take a password or the like in clear, `/` before what lies within an object or list.
PASSWORDS: dict[str, tuple[str, ...]] = {
    "AWS::AmazonMQ::Broker": ("Users/Password",),
    "AWS::Amplify::App": ("AccessToken", "OauthToken", "BasicAuthConfig/Password"),
    "AWS::Amplify::Branch": ("BasicAuthConfig/Password",),
    "AWS::AppStream::DirectoryConfig": ("ServiceAccountCredentials/AccountPassword",),
    "AWS::CodeBuild::SourceCredential": ("Token",),
    "AWS::CodePipeline::Pipeline": ("Stages/Actions/Configuration/OAuthToken",),
    "AWS::CodePipeline::Webhook": ("AuthenticationConfiguration/SecretToken",),
    "AWS::Cognito::UserPoolIdentityProvider": ("ProviderDetails/client_secret",),
    "AWS::DataSync::LocationObjectStorage": ("SecretKey",),
    "AWS::DataSync::LocationSMB": ("Password",),
    "AWS::DataSync::LocationFSxWindows": ("Password",),
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
    "AWS::ElasticLoadBalancingV2::Listener": ("DefaultActions/AuthenticateOidcConfig/ClientSecret",),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("Actions/AuthenticateOidcConfig/ClientSecret",),
    "AWS::EC2::VPNConnection": ("VpnTunnelOptionsSpecifications/PreSharedKey",),
    "AWS::Events::Connection": (
        "AuthParameters/BasicAuthParameters/Password", "AuthParameters/ApiKeyAuthParameters/ApiKeyValue",
        "AuthParameters/OAuthParameters/ClientParameters/ClientSecret",
    ),
    "AWS::FSx::FileSystem": (
        "OntapConfiguration/FsxAdminPassword", "WindowsConfiguration/SelfManagedActiveDirectoryConfiguration/Password",
    ),
    "AWS::FSx::StorageVirtualMachine": (
        "SvmAdminPassword", "ActiveDirectoryConfiguration/SelfManagedActiveDirectoryConfiguration/Password",
    ),
    "AWS::Glue::Connection": ("ConnectionInput/ConnectionProperties/PASSWORD",),
    "AWS::IAM::ServerCertificate": ("PrivateKey",),
    "AWS::IAM::User": ("LoginProfile/Password",),
    "AWS::KinesisFirehose::DeliveryStream": (
        "RedshiftDestinationConfiguration/Password", "SplunkDestinationConfiguration/HECToken",
        "HttpEndpointDestinationConfiguration/EndpointConfiguration/AccessKey",
    ),
    "AWS::Lambda::Permission": ("EventSourceToken",),
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
    "AWS::Pinpoint::APNSChannel": ("PrivateKey", "TokenKey"),
    "AWS::Pinpoint::APNSSandboxChannel": ("PrivateKey", "TokenKey"),
    "AWS::Pinpoint::APNSVoipChannel": ("PrivateKey", "TokenKey"),
    "AWS::Pinpoint::APNSVoipSandboxChannel": ("PrivateKey", "TokenKey"),
    "AWS::QuickSight::DataSource": ("Credentials/CredentialPair/Password",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword", "TdeCredentialPassword"),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
    "AWS::RedshiftServerless::Namespace": ("AdminUserPassword",),
    "AWS::SecretsManager::Secret": ("SecretString",),
    "Alexa::ASK::Skill": ("AuthenticationConfiguration/ClientSecret", "AuthenticationConfiguration/RefreshToken"),
}  # fmt: skip

# Where environment variables stand: a map of names, or a list of objects with a name and a value.
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    "AWS::AppRunner::Service": (
        "SourceConfiguration/ImageRepository/ImageConfiguration/RuntimeEnvironmentVariables",
        "SourceConfiguration/CodeRepository/CodeConfiguration/CodeConfigurationValues/RuntimeEnvironmentVariables",
    ),
    "AWS::ApiGateway::Deployment": ("StageDescription/Variables",),
    "AWS::ApiGateway::Stage": ("Variables",),
    "AWS::ApiGatewayV2::Stage": ("StageVariables",),
    "AWS::Batch::JobDefinition": (
        "ContainerProperties/Environment",
        "EcsProperties/TaskProperties/Containers/Environment",
        "NodeProperties/NodeRangeProperties/Container/Environment",
    ),
    "AWS::CodeBuild::Project": ("Environment/EnvironmentVariables",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions/Environment",),
    "AWS::ElasticBeanstalk::ConfigurationTemplate": ("OptionSettings",),
    "AWS::ElasticBeanstalk::Environment": ("OptionSettings",),
    "AWS::Glue::Job": ("DefaultArguments", "NonOverridableArguments"),
    "AWS::Lambda::Function": ("Environment/Variables",),
    "AWS::Lightsail::Container": ("ContainerServiceDeployment/Containers/Environment",),
    "AWS::MWAA::Environment": ("AirflowConfigurationOptions",),
    "AWS::SageMaker::Model": ("PrimaryContainer/Environment", "Containers/Environment"),
    "AWS::Serverless::Api": ("Variables",),
    "AWS::Serverless::Function": ("Environment/Variables",),
    "AWS::Serverless::HttpApi": ("StageVariables",),
    "AWS::Synthetics::Canary": ("RunConfig/EnvironmentVariables",),
    "AWS::Amplify::App": ("EnvironmentVariables",),
    "AWS::Amplify::Branch": ("EnvironmentVariables",),
}
# Where documents stand that have environments in them: the tasks of a state machine.
DOCUMENTS: dict[str, tuple[str, ...]] = {
    "AWS::StepFunctions::StateMachine": ("DefinitionString", "Definition"),
    "AWS::Serverless::StateMachine": ("Definition",),
}
# Commands, scripts, and documents that have such in them.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "AWS::Amplify::App": ("BuildSpec",),
    "AWS::AppRunner::Service": (
        "SourceConfiguration/ImageRepository/ImageConfiguration/StartCommand",
        "SourceConfiguration/CodeRepository/CodeConfiguration/CodeConfigurationValues/StartCommand",
        "SourceConfiguration/CodeRepository/CodeConfiguration/CodeConfigurationValues/BuildCommand",
    ),
    "AWS::Batch::JobDefinition": (
        "ContainerProperties/Command", "EcsProperties/TaskProperties/Containers/Command",
        "NodeProperties/NodeRangeProperties/Container/Command", "Parameters",
    ),
    "AWS::CodeBuild::Project": ("Source/BuildSpec",),
    "AWS::DMS::Endpoint": ("ExtraConnectionAttributes",),
    "AWS::ECS::TaskDefinition": (
        "ContainerDefinitions/Command", "ContainerDefinitions/EntryPoint", "ContainerDefinitions/HealthCheck/Command",
    ),
    "AWS::EMR::Cluster": ("BootstrapActions/ScriptBootstrapAction/Args", "Steps/HadoopJarStep/Args"),
    "AWS::EMR::Step": ("HadoopJarStep/Args",),
    "AWS::Events::Rule": ("Targets/Input",),
    "AWS::Glue::Connection": ("ConnectionInput/ConnectionProperties/JDBC_CONNECTION_URL",),
    "AWS::Glue::Trigger": ("Actions/Arguments",),
    "AWS::ImageBuilder::Component": ("Data",),
    "AWS::Lambda::Function": ("Code/ZipFile",),
    "AWS::Lightsail::Container": ("ContainerServiceDeployment/Containers/Command",),
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": ("OnCreate/Content", "OnStart/Content"),
    "AWS::SageMaker::StudioLifecycleConfig": ("StudioLifecycleConfigContent",),
    "AWS::Scheduler::Schedule": ("Target/Input",),
    "AWS::Serverless::Function": ("InlineCode",),
    "AWS::Serverless::StateMachine": ("Definition",),
    "AWS::SSM::Association": ("Parameters",),
    "AWS::SSM::Document": ("Content",),
    "AWS::StepFunctions::StateMachine": ("DefinitionString", "Definition"),
}  # fmt: skip
BUILD_SOURCES = ("Source/Location", "SecondarySources/Location")
USER_DATA: dict[str, str] = {
    "AWS::EC2::Instance": "UserData",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData",
    "AWS::AutoScaling::LaunchConfiguration": "UserData",
    "AWS::EC2::SpotFleet": "SpotFleetRequestConfigData",
    "AWS::Lightsail::Instance": "UserData",
}
