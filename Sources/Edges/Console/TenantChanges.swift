import AuditRecords
import Conversation

extension TenantSettings {
    /// What is other than before, field by field; of a secret only that it is another.
    func changes(since before: TenantSettings?) -> [AuditChange] {
        let words = zip(before.map(Self.words) ?? [], Self.words(self))
        var changes = words.compactMap { old, new in
            old.1 == new.1 ? nil : AuditChange(new.0, old.1, new.1)
        }
        guard let before else {
            return Self.words(self).compactMap { name, value in
                value.map { AuditChange(name, nil, $0) }
            }
        }
        for (name, old, new) in [
            ("appSecret", before.appSecret, appSecret),
            ("verifyToken", before.verifyToken, verifyToken),
            ("accessToken", before.accessToken, accessToken),
        ] where old != new { changes.append(AuditChange(name)) }
        if before.model?.key != model?.key { changes.append(AuditChange("model.key")) }
        return changes
    }

    private static func words(_ settings: TenantSettings) -> [(String, String?)] {
        [
            ("name", settings.name), ("about", settings.about), ("account", settings.account),
            ("numbers", settings.numbers.map(\.id.rawValue).joined(separator: " ")),
            ("graphURL", settings.graphURL), ("graphVersion", settings.graphVersion),
            ("model", settings.model.map { "\($0.name) at \($0.url)" }),
            ("burstPauseMilliseconds", settings.burstPauseMilliseconds.map(String.init)),
            ("handoffServiceLevelSeconds", settings.handoffServiceLevelSeconds.map(String.init)),
            ("phoneClaimSeconds", settings.phoneClaimSeconds.map(String.init)),
            ("unknownOutcome", settings.unknownOutcome?.rawValue),
            ("groups", settings.groups?.rawValue),
            ("reopening", settings.reopening.map { "\($0.template) in \($0.language)" }),
            ("tokensPerDay", settings.tokensPerDay.map(String.init)),
            ("turnMilliseconds", settings.turnMilliseconds.map(String.init)),
            ("reranks", settings.reranks.map { "\($0)" }),
            (
                "modelTrial",
                settings.modelTrial.map { "\($0.model), \($0.right) of \($0.questions) right" }
            ),
            ("messageRetentionDays", settings.messageRetentionDays.map(String.init)),
        ]
    }
}
