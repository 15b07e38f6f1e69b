import AccountRecords

extension MailWords {
    private static let notMe = "Si no fuiste tú, puedes ignorar este correo: nada cambia."
    private static let alarm =
        "Si no fuiste tú, elige enseguida una contraseña nueva y avisa a quien gestiona tu Parley."

    /// Spanish words.
    static func spanish(_ kind: MailRequest.Kind, _ values: Values) -> Form {
        switch kind {
        case .notification:
            Form(
                subject: values.subject, text: values.lines, link: nil,
                note: "En la página de avisos eliges cuáles recibes.")
        case .verification:
            Form(
                subject: "Confirma tu dirección de correo",
                text: ["Confirma, por favor, que esta es tu dirección de correo."],
                link: "Confirmar la dirección", note: notMe)
        case .reset:
            Form(
                subject: "Elige una contraseña nueva",
                text: ["Alguien pidió una contraseña nueva para tu cuenta de Parley."],
                link: "Elegir una contraseña nueva", note: notMe)
        case .welcome:
            Form(
                subject: "Tu cuenta de Parley",
                text: ["Se creó una cuenta para ti. Elige una contraseña para entrar."],
                link: "Elegir una contraseña",
                note: "Si no sabes de qué se trata, puedes ignorar este correo.")
        case .invitation: spanishInvitation(values)
        case .addressConfirmation:
            Form(
                subject: "Confirma tu nueva dirección de correo",
                text: ["Confirma, por favor, que tu cuenta de Parley va a tener esta dirección."],
                link: "Confirmar la dirección nueva", note: notMe)
        case .addressNotice:
            Form(
                subject: "Tu dirección de correo va a cambiar",
                text: [
                    "Tu cuenta de Parley va a tener otra dirección de correo: \(values.address).",
                    "Con el enlace puedes decir que no, o que sí donde te lo pidamos.",
                ],
                link: "Ver el cambio", note: alarm)
        case .addressChanged:
            Form(
                subject: "Tu dirección de correo cambió",
                text: ["Tu cuenta de Parley tiene ahora otra dirección: \(values.address)."],
                link: nil, note: alarm)
        case .passwordChanged:
            Form(
                subject: "Tu contraseña cambió",
                text: ["La contraseña de tu cuenta de Parley cambió."],
                link: nil, note: alarm)
        case .factorChanged:
            Form(
                subject: "Tu segundo factor cambió",
                text: ["Se configuró o se quitó un segundo factor de tu cuenta de Parley."],
                link: nil, note: alarm)
        }
    }

    private static func spanishInvitation(_ values: Values) -> Form {
        let team = values.organisation ?? "un equipo"
        let who = values.inviter ?? "Alguien"
        return Form(
            subject: "Invitación a \(team)",
            text: [
                "\(who) te invita a \(team) en Parley, con el rol \(values.role).",
                "La invitación vale siete días.",
            ],
            link: "Ver la invitación",
            note: "Si no la esperas, puedes ignorar este correo o rechazarla con el enlace.")
    }
}
