import AccountRules

extension PasswordVerdict {
    /// What a password lacks for somebody.
    init(_ password: String, _ names: [String], _ hasFactor: Bool, _ tenantLeast: Int) {
        let policy = PasswordPolicy(hasSecondFactor: hasFactor, tenantLeast: tenantLeast)
        least = policy.shortest
        most = PasswordPolicy.most
        flaws =
            policy.refusal(of: password, names: names).map {
                [Flaw(code: $0.code, detail: $0.description)]
            } ?? []
    }
}
