"""What a script gives away, and what only looks as if it did."""

from __future__ import annotations

import gzip
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.parsers.scripts import HOLE, environment_of_build, find

WORD = "Tr0ub4dor-and-3"


def told(text: str) -> list[str]:
    return [text[found.start : found.end] for found in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"export DB_PASSWORD={WORD}",
        f'PGPASSWORD="{WORD}" psql -h db',
        f"setx DB_PASSWORD '{WORD}'\nDB_PASSWORD: '{WORD}'".partition("\n")[2],
        f"password: {WORD}",
        f"spring.datasource.password={WORD}",
        f'"adminPassword": "{WORD}",',
        f'{{\\"password\\": \\"{WORD}\\"}}',
        f"define( 'DB_PASSWORD', '{WORD}' );",
        f"app --password={WORD} --region eu-west-1",
        f"app --admin-password {WORD}",
        f"AdminPassword:\n  type: String\n  default: {WORD}\n",
        f"mysql -u root -p{WORD} app",
        f"mysqldump --all-databases -p'{WORD}'",
        f"mysqladmin -u root password '{WORD}'",
        f"sshpass -p {WORD} ssh host",
        f"docker login -u ci -p {WORD} registry.acme.test",
        f"htpasswd -bc /etc/htpasswd admin {WORD}",
        f"curl -u admin:{WORD} https://nexus.acme.test",
        f"curl --user 'admin:{WORD}' https://nexus.acme.test",
        f"redis-cli -a {WORD} ping",
        f"requirepass {WORD}",
        f"net user Administrator {WORD} /add",
        f'$p = ConvertTo-SecureString -String "{WORD}" -AsPlainText -Force',
        f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{WORD}';",
        f"CREATE ROLE app WITH LOGIN PASSWORD '{WORD}';",
        f"echo 'ubuntu:{WORD}' | chpasswd",
        f"echo ubuntu:{WORD} | sudo chpasswd",
        f'chpasswd <<< "ubuntu:{WORD}"',
        f"echo {WORD} | passwd --stdin root",
        f"chpasswd:\n  expire: false\n  list: |\n    ubuntu:{WORD}\n",
        f"users:\n  - name: ci\n    plain_text_passwd: {WORD}\n",
        f"machine nexus.acme.test login ci password {WORD}",
    ],
)
def test_a_password_is_known_by_what_is_done_with_it(text: str) -> None:
    assert told(text) == [WORD]
    (found,) = find(text)
    assert (found.kind, found.hint) == ("password", f"{WORD[:4]}… (15 characters)")


@pytest.mark.parametrize(
    "text",
    [
        "//registry.npmjs.org/:_authToken=aB3dE6gH9jK2mN5pQ8sT",
        "K3S_TOKEN=aB3dE6gH9jK2mN5pQ8sT",
        "app --api-key aB3dE6gH9jK2mN5pQ8sT",
        "APP_SECRET=aB3dE6gH9jK2mN5pQ8sT",
    ],
)
def test_tokens_with_their_name(text: str) -> None:
    assert [found.kind for found in find(text)] == ["token"]


@pytest.mark.parametrize(
    "text",
    [
        "TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token)",
        'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254',
        "DB_PASSWORD=$1",
        'DB_PASSWORD="${PASSWORD}"',
        "DB_PASSWORD=`cat /run/secrets/db`",
        "DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db --query SecretString --output text)",
        f"DB_PASSWORD={HOLE}",
        f"DB_PASSWORD=abc{HOLE}",
        f"mysql -u root -p{HOLE} app",
        "mysql -u root -p$PASSWORD app",
        "mysql -u root -p app",
        "PasswordAuthentication no",
        "password sufficient pam_unix.so",
        "password required pam_deny.so",
        "lock_passwd: true",
        "passwd: $6$rounds=4096$abcdefgh$0123456789",
        'password = os.environ["DB_PASSWORD"]',
        "password = get_password()",
        "password=args.password",
        "password=db_password",
        'if [ -z "$PASSWORD" ]; then',
        'read -s -p "Password: " PASSWORD',
        "docker login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com",
        "admin_password=<your-password>",
        "admin_password=CHANGE_ME",
        "admin_password={{ admin_password }}",
        "admin_password=__ADMIN_PASSWORD__",
        "app --secret-id prod/app/db",
        "secret_name = my-secret",
        "aws ssm get-parameter --name /prod/password --with-decryption",
        "password_file=/run/secrets/db",
        "curl --user $USER:$PASSWORD https://nexus.acme.test",
        'echo "$USER:$PASSWORD" | chpasswd',
        "TOKEN_VALIDITY=3600",
        "SESSION_TOKEN=worker",
        "SECRET=prod/app/database",
        "REQUEST_TOKEN=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "AdminPassword:\n  type: String\nRegion:\n  default: eu-west-1\n",
        "local access_token = ngx.var.cookie_ACCESSTOKEN",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer your-token-goes-here",
        "proxy_set_header X-Api-Token ngx.encode_base64(secret)",
        "kms_password=AQICAHhKw6UiQzHdNzZ2X1vVyqNlT3g2k4nC3m1nGkqBQwIQ5AHHpV6Wcn3Yr2ZdXqzqvFqWAAAAZDBiBgkqhkiG9w0BBwag",
        "grant all privileges; identified by password policy",
    ],
)
def test_what_gives_nothing_away(text: str) -> None:
    assert told(text) == []


def test_a_registry_login_is_a_password() -> None:
    encoded = b64encode(f"ci:{WORD}".encode()).decode()
    (found,) = find(f'{{"auths": {{"registry.acme.test": {{"auth": "{encoded}"}}}}}}')
    assert (found.kind, found.name) == ("password", "registry password")


@pytest.mark.parametrize("packed", [False, True])
def test_base64_is_looked_through_whatever_it_says(packed: bool) -> None:
    script = f"#!/bin/bash\nexport DB_PASSWORD={WORD}\n".encode()
    run = b64encode(gzip.compress(script, mtime=0) if packed else script).decode()
    text = f"content: {run}\n"
    (found,) = find(text)
    assert text[found.start : found.end] == run
    assert found.hint == f"{WORD[:4]}… (15 characters)"


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----\n", ["private key"]),
        ("-----BEGIN PRIVATE KEY-----", ["private key"]),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----", []),
        ("-----BEGIN RSA PUBLIC KEY-----", []),
        ("echo '-----BEGIN PRIVATE KEY-----'", []),
    ],
)
def test_encoded_text_that_begins_as_a_private_key_is_one(header: str, kinds: list[str]) -> None:
    assert [one.kind for one in find(b64encode(header.encode()).decode())] == kinds


def test_all_that_base64_hides_is_told_once_each() -> None:
    key = "AKIA" + "QPLBV7SWZR4DTMJC"
    run = b64encode(f"export AWS_ACCESS_KEY_ID={key}\nexport DB_PASSWORD={WORD}\npassword={WORD}\n".encode()).decode()
    found = list(find(f"content: {run}\n"))
    assert sorted(one.kind for one in found) == ["access key id", "password"]
    assert {(one.start, one.end) for one in found} == {(9, 9 + len(run))}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("curl -H 'Authorization: Bearer q8Zr2kV7mX4pT9wLa' https://api.acme.test", "q8Zr2kV7mX4pT9wLa"),
        ('"Authorization": "token q8Zr2kV7mX4pT9wLa"', "q8Zr2kV7mX4pT9wLa"),
        ("-H 'X-Vault-Token: q8Zr2kV7mX4pT9wLa'", "q8Zr2kV7mX4pT9wLa"),
        (
            "Authorization: Basic " + b64encode(f"ci:{WORD}".encode()).decode(),
            b64encode(f"ci:{WORD}".encode()).decode(),
        ),
    ],
)
def test_headers_that_sign_in(text: str, written: str) -> None:
    assert told(text) == [written]


def test_where_a_build_has_its_variables_and_names_what_is_stored() -> None:
    text = "env:\n  shell: bash\n  variables:\n    A: b\n    C: d\n  parameter-store:\n    E: f\nphases:\n  x: y\n"
    (start, end), stores = environment_of_build(text)
    assert text[start:end] == "    A: b\n    C: d\n"
    assert [text[low:high] for low, high in stores] == ["    E: f\n"]
    assert environment_of_build("phases: {}\n") == ((0, 0), [])


def test_nothing_is_told_twice() -> None:
    key = "AKIA" + "QPLBV7SWZR4DTMJC"
    assert told(f"export AWS_ACCESS_KEY_ID={key}") == [key]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="pasword=:-'\"\\$ {}\nmysql1A" + HOLE, max_size=120))
def test_any_script_can_be_searched(text: str) -> None:
    for found in find(text):
        assert 0 <= found.start < found.end <= len(text)
        assert HOLE not in text[found.start : found.end]


@pytest.mark.parametrize(
    "text",
    [
        "secret_key" + " " * 50_000 + "!",
        "secretkey" * 10_000,
        "password x-" + "x-" * 50_000,
        "password htpasswd -" + "b" * 50_000,
        "chpasswd:\n list:" + " " * 50_000 + "!",
    ],
)
def test_what_goes_on_and_on_is_searched_once(text: str) -> None:
    assert told(text) == []


def test_users_of_cloud_init_in_a_block() -> None:
    assert told(f"chpasswd:\n  expire: false\n  list: |\n    root:{WORD}\n") == [WORD]
