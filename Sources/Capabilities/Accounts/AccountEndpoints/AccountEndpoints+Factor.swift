import AccountAccess
import AccountCommands
import AccountRecords
import AccountView
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import Idempotency

/// The own second factor.
extension AccountEndpoints {
    var ownFactor: [Endpoint] { [offer, confirm, remove, renewCodes] }

    private var offer: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/factor", "factor.offer",
                "Offers a second factor, after a proof: what an authenticator app scans."),
            .init(
                gives: Reply<FactorOffer>.self, [201], problems: .accountWriting,
                repeating: .onceWithSecret)
        ) { call in
            try Self.requireProof(call.principal)
            let row = try await own(call.scope)
            let password = try OneTimePassword.make()
            let id = FactorID(Hex.encode(try RandomBytes.make(count: 8)))
            let sealed = try FactorSecret(entrance.parts.ring).sealed(password, id)
            let event = try await wish(.offerFactor(id, sealed), call)
            guard event.facts.factor?.id == id else { throw Problem.secretWasShown }
            let uri = password.uri(issuer: "Parley", account: row.facts.address?.text ?? "")
            return Reply(
                FactorOffer(
                    factor: id, secret: password.secretText, uri: uri,
                    picture: await entrance.parts.picture(uri)), status: 201)
        }
    }

    private var confirm: Endpoint {
        .person(
            .at(
                .put, "/api/v1/me/factor", "factor.confirm",
                "Begins with the offered factor by its first code; gives backup codes, once."),
            .init(
                body: JSONBody<FactorBody>.self, gives: Reply<BackupCodes>.self,
                problems: .doors)
        ) { call in
            try Self.requireProof(call.principal)
            let row = try await own(call.scope)
            let now = entrance.now
            guard let factor = row.facts.factor, factor.id == call.body.value.factor,
                !factor.isActive
            else {
                throw Problem(Refusal.unknown.kind, "the offer is not the last one; begin anew")
            }
            guard let password = FactorSecret(entrance.parts.ring).opened(factor),
                let step = try password.step(of: call.body.value.code, at: now.milliseconds / 1000)
            else { throw Problem(.wrongCode, "this is not the code that the app shows now") }
            let codes = try BackupCode.makeSet()
            try await wish(
                .confirmFactor(factor.id, step: step, backupCodes: codes.map(\.hash)), call)
            return Reply(BackupCodes(codes: codes.map(\.text)))
        }
    }

    private var remove: Endpoint {
        .person(
            .at(
                .delete, "/api/v1/me/factor", "factor.remove",
                "Does without the second factor, after a proof; the other sessions end."),
            .init(
                gives: NoContent.self, [204], problems: .accountWriting + [.factorRequired])
        ) { call in
            try Self.requireProof(call.principal)
            let teams = try await entrance.access.teams(of: call.scope.account)
            guard teams.limits.factorFor.isEmpty else {
                throw Problem(
                    .factorRequired,
                    "a team that you belong to asks for a second factor: you need one")
            }
            try await wish(.removeFactor, call)
            return NoContent()
        }
    }

    private var renewCodes: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/factor/codes", "factor.renewCodes",
                "Makes other backup codes, after a proof, and shows them once."),
            .init(
                gives: Reply<BackupCodes>.self, [201], problems: .accountWriting,
                repeating: .onceWithSecret)
        ) { call in
            try Self.requireProof(call.principal)
            let codes = try BackupCode.makeSet()
            try await wish(.renewBackupCodes(codes.map(\.hash)), call)
            // Nobody can tell whether it was these codes that were taken, or those made before.
            guard call.begunBefore == nil else { throw Problem.secretWasShown }
            return Reply(BackupCodes(codes: codes.map(\.text)), status: 201)
        }
    }
}
