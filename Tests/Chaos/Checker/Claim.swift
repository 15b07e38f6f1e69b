/// A time in which an agent surely had a conversation.
struct Claim {
    var agent: String
    /// When the claim was confirmed.
    var from: Int64
    /// When the agent first asked to end it.
    var to: Int64

    func holds(_ time: Int64) -> Bool { time > from && time < to }

    /// The claims that acts tell of, whose order is that of asking.
    ///
    /// A claim whose answer never came is not sure, so it begins with the next sure sign.
    static func all(of acts: [History.Act]) -> [Claim] {
        var claims: [Claim] = []
        for (index, act) in acts.enumerated() where act.kind == .claim && act.outcome == .done {
            let end = acts[index...].first { later in
                later.agent == act.agent && later.asked >= act.asked && later.outcome != .refused
                    && (later.kind == .close || later.kind == .release)
            }
            claims.append(Claim(agent: act.agent, from: act.answered, to: end?.asked ?? .max))
        }
        return claims
    }
}
