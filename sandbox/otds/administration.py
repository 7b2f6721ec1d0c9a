"""What an OTDS administrator does by REST: users, groups, OAuth clients, impersonation, trusted sites.

Source: OpenText's Content Server REST documentation; members and answers as in OpenText's own Python client.
Only an administrator may change anything; reading needs a credential.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.otds.directory import Directory
from sandbox.otds.state import Client, Group, OtdsState, User

if TYPE_CHECKING:
    from sandbox.otds.standin import Otds

PAGE = 250
BOOLEANS = {"allowImpersonation": "allow_impersonation", "allowRefreshToken": "allow_refresh_token"}
LIVES = {
    "accessTokenLifeTime": "access_token_life",
    "refreshTokenLifeTime": "refresh_token_life",
    "authCodeLifeTime": "auth_code_life",
}
LISTS = {"redirectURLs": "redirect_urls", "allowedScopes": "allowed_scopes"}


class NotAllowed(Exception):
    """Becomes an answer in OTDS's error shape; nothing was changed."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Administration:
    """Registers its routes with the stand-in. `caller` tells who asks, None without a good credential."""

    def __init__(self, otds: "Otds", base: str, caller: Callable[[Call], User | None]) -> None:
        self._directory: Directory = otds.directory
        self._caller = caller
        for methods, path, handler, text in (
            ("GET", "/users", self._users, False),
            ("POST", "/users", self._add_user, True),
            ("PUT PATCH", "/users/<path:user_id>", self._change_user, True),
            ("DELETE", "/users/<path:user_id>", self._delete_user, True),
            ("PUT", "/users/<path:user_id>/password", self._password, True),
            ("POST", "/users/<path:user_id>/memberof", self._join, True),
            ("GET", "/groups", self._groups, False),
            ("POST", "/groups", self._add_group, True),
            ("GET", "/groups/<path:group_id>", self._group, False),
            ("GET", "/partitions/<name>", self._partition, False),
            ("GET", "/oauthclients/<client_id>", self._client, False),
            ("POST", "/oauthclients", self._add_client, True),
            ("PATCH PUT", "/oauthclients/<client_id>", self._change_client, True),
            ("PUT", "/oauthclients/<client_id>/impersonation", self._impersonate_client, True),
            ("GET", "/resources/<name>", self._resource, False),
            ("PUT", "/resources/<name>/impersonation", self._impersonate_resource, True),
            ("GET", "/systemconfig/whitelist", self._trusted_sites, False),
            ("PUT", "/systemconfig/whitelist", self._trust, True),
        ):
            otds.route(methods, f"{base}{path}", self._guarded(handler, changes=text))

    @property
    def _state(self) -> OtdsState:
        return self._directory.state

    def _guarded(self, handler: Callable[..., Response], *, changes: bool) -> Callable[..., Response]:
        def work(call: Call, **ids: str) -> Response:
            try:
                caller = self._caller(call)
                if caller is None:
                    raise NotAllowed(401, "Authentication required")
                if changes and caller.name != "admin":
                    raise NotAllowed(403, "Not allowed")
                return handler(call, **ids)
            except NotAllowed as refusal:
                body = {"status": refusal.status, "error": refusal.text, "errorDetails": None}
                return json_response(body, refusal.status)

        return work

    # Users and groups

    def _users(self, call: Call) -> Response:
        found = [user for user in self._state.users.values() if _matches(call, user.partition, user.name)]
        page, cookie = _page(call, found)
        rows = [user_json(user, keyed="attrsAsKeys" in call.args) for user in page]
        return json_response({"users": rows, "actualPageSize": len(rows), "nextPageCookie": cookie})

    def _add_user(self, call: Call) -> Response:
        sent = _object(call)
        name, partition = _required(sent, "name"), _required(sent, "userPartitionID")
        user = User(name, partition, "")
        if user.id in self._state.users:
            raise NotAllowed(409, f"The user '{user.id}' exists already")
        _fill(user, sent)
        self._state.users[user.id] = user
        call.effect = f"user {user.id} created"
        return json_response(user_json(user), 201)

    def _change_user(self, call: Call, user_id: str) -> Response:
        user = self._user(user_id)
        _fill(user, _object(call))
        call.effect = f"user {user.id} changed"
        return json_response(user_json(user))

    def _delete_user(self, call: Call, user_id: str) -> Response:
        del self._state.users[self._user(user_id).id]
        call.effect = f"user {user_id} deleted"
        return Response(status=204)

    def _password(self, call: Call, user_id: str) -> Response:
        user = self._user(user_id)
        user.password = _required(_object(call), "newPassword")
        call.effect = f"password of {user.id} reset"
        return Response(status=204)

    def _join(self, call: Call, user_id: str) -> Response:
        user, names = self._user(user_id), _strings(_object(call), "stringList")
        for name in names:
            self._find_group(name).members = sorted({*self._find_group(name).members, user.id})
        call.effect = f"user {user.id} joined {', '.join(names)}"
        return Response(status=204)

    def _user(self, user_id: str) -> User:
        user = self._directory.find_user(user_id)
        if user is None:
            raise NotAllowed(404, f"No user '{user_id}'")
        return user

    def _groups(self, call: Call) -> Response:
        found = [group for group in self._state.groups.values() if _matches(call, group.partition, group.name)]
        page, cookie = _page(call, found)
        rows = [_group_json(group) for group in page]
        return json_response({"groups": rows, "actualPageSize": len(rows), "nextPageCookie": cookie})

    def _add_group(self, call: Call) -> Response:
        sent = _object(call)
        group = Group(_required(sent, "name"), _required(sent, "userPartitionID"), str(sent.get("description") or ""))
        if group.id in self._state.groups:
            raise NotAllowed(409, f"The group '{group.id}' exists already")
        self._state.groups[group.id] = group
        call.effect = f"group {group.id} created"
        return json_response(_group_json(group), 201)

    def _group(self, call: Call, group_id: str) -> Response:  # noqa: ARG002
        return json_response(_group_json(self._find_group(group_id)))

    def _find_group(self, name: str) -> Group:
        found = [group for group in self._state.groups.values() if name in (group.id, group.name)]
        if len(found) != 1:
            raise NotAllowed(404, f"No group '{name}'")
        return found[0]

    def _partition(self, call: Call, name: str) -> Response:  # noqa: ARG002
        if name not in {user.partition for user in self._state.users.values()}:
            raise NotAllowed(404, f"No partition '{name}'")
        return json_response({"name": name, "description": "", "extClass": None, "synchronized": False})

    # Clients, resources, trusted sites

    def _client(self, call: Call, client_id: str) -> Response:  # noqa: ARG002
        return json_response(_client_json(self._find_client(client_id)))

    def _add_client(self, call: Call) -> Response:
        sent = _object(call)
        client_id = _required(sent, "id")
        if client_id in self._state.clients:
            raise NotAllowed(409, f"The OAuth client '{client_id}' exists already")
        client = Client(client_id, str(sent.get("secret") or "") if sent.get("confidential", True) else None)
        _configure(client, sent)
        self._state.clients[client_id] = client
        call.effect = f"OAuth client {client_id} created"
        return json_response(_client_json(client) | {"secret": client.secret}, 201)

    def _change_client(self, call: Call, client_id: str) -> Response:
        client, sent = self._find_client(client_id), _object(call)
        _configure(client, sent)
        if sent.get("secret"):
            client.secret = str(sent["secret"])
        call.effect = f"OAuth client {client_id} changed"
        return json_response(_client_json(client))

    def _impersonate_client(self, call: Call, client_id: str) -> Response:
        client = self._find_client(client_id)
        client.allow_impersonation = bool(_object(call).get("allowImpersonation"))
        call.effect = f"impersonation of OAuth client {client_id} set"
        return Response(status=204)

    def _find_client(self, client_id: str) -> Client:
        client = self._state.clients.get(client_id)
        if client is None:
            raise NotAllowed(404, f"No OAuth client '{client_id}'")
        return client

    def _resource(self, call: Call, name: str) -> Response:  # noqa: ARG002
        return json_response(_resource_json(self._state, self._known_resource(name)))

    def _impersonate_resource(self, call: Call, name: str) -> Response:
        allowed = bool(_object(call).get("allowImpersonation"))
        self._state.resources[self._known_resource(name)] = allowed
        call.effect = f"impersonation on resource {name} set"
        return Response(status=204)

    def _known_resource(self, name: str) -> str:
        if name not in self._state.resources:
            raise NotAllowed(404, f"No resource '{name}'")
        return name

    def _trusted_sites(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"stringList": list(self._state.trusted_sites)})

    def _trust(self, call: Call) -> Response:
        self._state.trusted_sites = list(dict.fromkeys(_strings(_object(call), "stringList")))
        call.effect = "trusted sites set"
        return Response(status=204)


def user_json(user: User, *, keyed: bool = False) -> dict[str, Any]:
    """`keyed`: attributes by name (`attrsAsKeys`), else a list of names and values."""
    values = {"givenName": user.first_name, "sn": user.last_name, "mail": user.email}
    return {
        "userPartitionID": user.partition,
        "name": user.name,
        "id": user.id,
        "location": f"oTPerson={user.name},orgunit=root,partition={user.partition},dc=identity,dc=opentext",
        "values": [] if keyed else [{"name": name, "values": [value]} for name, value in values.items()],
        "attributes": {name: [value] for name, value in values.items()} if keyed else None,
        "objectClass": "oTPerson",
        "description": "",
        "urlId": user.id,
    }


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "numMembers": len(group.members),
        "userPartitionID": group.partition,
        "name": group.name,
        "id": group.id,
        "location": f"oTGroup={group.name},orgunit=groups,partition={group.partition},dc=identity,dc=opentext",
        "values": [],
        "objectClass": "oTGroup",
        "description": group.description,
    }


def _client_json(client: Client) -> dict[str, Any]:
    """Without the secret, which is never shown again."""
    shown: dict[str, Any] = {"id": client.id, "confidential": client.confidential, "secret": None}
    for names in (BOOLEANS, LIVES, LISTS):
        shown |= {name: getattr(client, own) for name, own in names.items()}
    return shown


def _resource_json(state: OtdsState, name: str) -> dict[str, Any]:
    return {
        "resourceName": name,
        "resourceID": f"{name}-0001",
        "displayName": name,
        "allowImpersonation": state.resources[name],
        "impersonateList": [],
    }


def _configure(client: Client, sent: dict[str, Any]) -> None:
    for name, own in BOOLEANS.items():
        if isinstance(sent.get(name), bool):
            setattr(client, own, sent[name])
    for name, own in LIVES.items():
        if isinstance(sent.get(name), int):
            setattr(client, own, sent[name])
    for name, own in LISTS.items():
        if name in sent:
            setattr(client, own, _strings(sent, name))


def _fill(user: User, sent: dict[str, Any]) -> None:
    names = {"givenName": "first_name", "sn": "last_name", "mail": "email"}
    for value in sent.get("values") or []:
        own = names.get(str(value.get("name"))) if isinstance(value, dict) else None
        if own:
            setattr(user, own, str((value.get("values") or [""])[0]))


def _matches(call: Call, partition: str, name: str) -> bool:
    wanted, part = call.args.get("where_partition_name", ""), call.args.get("where_filter", "").casefold()
    return wanted in ("", partition) and part in name.casefold()


def _page(call: Call, found: list[Any]) -> tuple[list[Any], str | None]:
    """One page and the cookie of the next; the cookie is where it begins."""
    size, start = call.args.get("page_size", "") or str(PAGE), call.args.get("next_page_cookie", "") or "0"
    if not (size.isdecimal() and start.isdecimal()):
        raise NotAllowed(400, "Bad page")
    end = int(start) + max(int(size), 1)
    return found[int(start) : end], str(end) if end < len(found) else None


def _object(call: Call) -> dict[str, Any]:
    body = call.get_json(silent=True)
    if not isinstance(body, dict):
        raise NotAllowed(400, "A JSON object is expected")
    return body


def _required(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        raise NotAllowed(400, f"'{name}' is required")
    return value


def _strings(sent: dict[str, Any], name: str) -> list[str]:
    value = sent.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise NotAllowed(400, f"'{name}' must be a list of texts")
    return value
