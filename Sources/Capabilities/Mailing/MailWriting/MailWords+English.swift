import AccountRecords

extension MailWords {
    private static let notMe = "If this was not you, you can ignore this mail: nothing changes."
    private static let alarm =
        "If this was not you, choose a new password at once, and tell whoever runs your Parley."

    /// English words.
    static func english(_ kind: MailRequest.Kind, _ values: Values) -> Form {
        switch kind {
        case .verification:
            Form(
                subject: "Confirm your e-mail address",
                text: ["Please confirm that this is your e-mail address."],
                link: "Confirm the address", note: notMe)
        case .reset:
            Form(
                subject: "Choose a new password",
                text: ["Somebody asked for a new password for your Parley account."],
                link: "Choose a new password", note: notMe)
        case .welcome:
            Form(
                subject: "Your Parley account",
                text: ["An account was made for you. Choose a password to sign in."],
                link: "Choose a password",
                note: "If you do not know what this is about, you can ignore this mail.")
        case .invitation: invitation(values)
        case .notification:
            Form(
                subject: values.subject, text: values.lines, link: nil,
                note: "You choose on the page of your notifications which of these you get.")
        case .addressConfirmation:
            Form(
                subject: "Confirm your new e-mail address",
                text: ["Please confirm that your Parley account is to have this address."],
                link: "Confirm the new address", note: notMe)
        case .addressNotice:
            Form(
                subject: "Your e-mail address is to change",
                text: [
                    "Your Parley account is to have another e-mail address: \(values.address).",
                    "By the link you can say no, or yes where we ask you to.",
                ],
                link: "Look at the change", note: alarm)
        case .addressChanged:
            Form(
                subject: "Your e-mail address was changed",
                text: ["Your Parley account has another e-mail address now: \(values.address)."],
                link: nil, note: alarm)
        case .passwordChanged:
            Form(
                subject: "Your password was changed",
                text: ["The password of your Parley account was changed."],
                link: nil, note: alarm)
        case .factorChanged:
            Form(
                subject: "Your second factor was changed",
                text: ["A second factor of your Parley account was set up or removed."],
                link: nil, note: alarm)
        }
    }

    private static func invitation(_ values: Values) -> Form {
        let team = values.organisation ?? "a team"
        let who = values.inviter ?? "Somebody"
        return Form(
            subject: "Invitation to \(team)",
            text: [
                "\(who) invites you to \(team) on Parley, in the role \(values.role).",
                "The invitation is good for seven days.",
            ],
            link: "Look at the invitation",
            note: "If you do not expect this, you can ignore this mail, or decline by the link.")
    }
}
