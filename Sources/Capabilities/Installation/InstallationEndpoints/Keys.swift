import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import InstallationView
import Permissions
import SQLite

extension InstallationEndpoints {
    var keys: [Endpoint] { [listKeys, addKey, rotateKey, changeKey, revokeKey] }

    private static let keyProblems: [Problem.Kind] = [.viewIsBuilt] + Problem.Kind.decisions

    private func keys<Parameters, Body>(
        _ call: Call<InstallationScope, Parameters, Body>
    ) -> APIKeyWishes {
        let asker = Asker(call, in: .installation)
        return APIKeyWishes(at: means.now()) { action throws(Problem) in
            try await means.channel.ask(.key(action), for: asker).change.key
        }
    }

    private var listKeys: Endpoint {
        .installation(
            .at(
                .get, Self.base + "/keys", "installationKeys.list",
                "Lists the installation's API keys, those that ended included."),
            may: .readInstallation,
            .init(gives: Reply<APIKeyList>.self, problems: [.viewIsBuilt])
        ) { _ in
            let keys = try await read { rows throws(SQLiteError) in try rows.keys() }
            return Reply(APIKeyList(keys, at: means.now()))
        }
    }

    private var addKey: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/keys", "installationKeys.add",
                "Makes an API key of the installation, which is told this once."),
            may: .writeOperators,
            .init(
                body: JSONBody<APIKeyRequest>.self, gives: Reply<FreshAPIKey>.self, [201],
                problems: Self.keyProblems, repeating: .onceWithSecret)
        ) { try await keys($0).add($0.body.value) }
    }

    private var rotateKey: Endpoint {
        .installation(
            .at(
                .post, Self.base + "/keys/{key}/rotate", "installationKeys.rotate",
                "Makes an API key in the place of another, which works for a while on."),
            may: .writeOperators,
            .init(
                takes: OneAPIKey.self, body: JSONBody<APIKeyRotation>.self,
                gives: Reply<FreshAPIKey>.self, [201], problems: Self.keyProblems,
                repeating: .onceWithSecret)
        ) { try await keys($0).rotate($0.parameters.key, $0.body.value) }
    }

    private var changeKey: Endpoint {
        .installation(
            .at(
                .put, Self.base + "/keys/{key}", "installationKeys.change",
                "Changes what an API key is called and where it may be used from."),
            may: .writeOperators,
            .init(
                takes: OneAPIKey.self, body: JSONBody<APIKeyChange>.self,
                gives: Reply<APIKeyListing>.self, problems: Self.keyProblems)
        ) { try await keys($0).change($0.parameters.key, $0.body.value) }
    }

    private var revokeKey: Endpoint {
        .installation(
            .at(
                .delete, Self.base + "/keys/{key}", "installationKeys.revoke",
                "Ends an API key at once."),
            may: .writeOperators,
            .init(
                takes: OneAPIKey.self, gives: NoContent.self, [204],
                problems: Problem.Kind.decisions)
        ) { try await keys($0).revoke($0.parameters.key) }
    }
}
