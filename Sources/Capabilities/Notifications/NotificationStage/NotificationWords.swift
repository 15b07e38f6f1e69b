import NotificationRecords

/// What mails say of notifications, in the person's language.
struct NotificationWords {
    private let isSpanish: Bool

    init(language: String?) { isSpanish = language?.hasPrefix("es") == true }

    /// The subject of a mail that brings several.
    func subject(_ count: Int) -> String {
        isSpanish ? "\(count) avisos nuevos" : "\(count) new notifications"
    }

    /// What happened, in one sentence.
    func sentence(_ notification: Notification) -> String {
        let values = notification.values
        let organisation = values["organisation"] ?? ""
        let forms = isSpanish ? Self.spanish : Self.english
        var text = forms[notification.kind.rawValue] ?? forms["other"] ?? ""
        for (name, value) in [
            "organisation": organisation, "role": values["role"] ?? "",
            "device": values["device"] ?? values["kind"] ?? "", "name": values["name"] ?? "",
            "address": values["address"] ?? "", "reason": values["reason"] ?? "",
            "remedy": values["remedy"] ?? "",
        ] {
            text = text.replacing("{\(name)}", with: value.filter { !$0.isNewline })
        }
        return text
    }

    private static let english = [
        "signIn": "Somebody signed in to your account in a new browser: {device}",
        "password": "Your password was changed", "factor": "Your second factor was changed",
        "address": "Your e-mail address is now {address}",
        "role": "Your role in {organisation} is now {role}",
        "removed": "You no longer belong to {organisation}",
        "offer": "You are offered the ownership of {organisation}",
        "owner": "The ownership of {organisation} was handed over",
        "joined": "Somebody joined {organisation}", "left": "Somebody left {organisation}",
        "invitation": "An invitation to {organisation} ended unused",
        "invited": "{name} invites you to {organisation}",
        "mailFailed": "A mail to {address} could not be sent",
        "security": "{organisation} changed what it asks of those who sign in",
        "key": "The API key {name} of {organisation} was made or changed",
        "consent": "{organisation} changed whether operators may look at conversations",
        "impersonation": "The operator {name} began to act as somebody of {organisation}: {reason}",
        "suspended": "{organisation} is suspended", "resumed": "{organisation} goes on",
        "deleted": "{organisation} was deleted", "restored": "{organisation} was restored",
        "waiting": "A customer of {organisation} waits for a person",
        "missed": "A customer of {organisation} waits longer than was promised",
        "overdue": "A customer of {organisation} has waited too long for a person",
        "queueAge": "A customer of {organisation} has waited long in the queue {queue}",
        "channelStopped": "WhatsApp lets {organisation} send nothing: {reason}. {remedy}",
        "channelOpen": "{organisation} can send over WhatsApp again",
        "channelWarning": "News from WhatsApp about {organisation}: {reason}. {remedy}",
        "other": "There is news",
    ]

    private static let spanish = [
        "signIn": "Alguien ha entrado en tu cuenta con un navegador nuevo: {device}",
        "password": "Se ha cambiado tu contraseña",
        "factor": "Se ha cambiado tu segundo factor",
        "address": "Tu dirección de correo es ahora {address}",
        "role": "Tu función en {organisation} es ahora {role}",
        "removed": "Ya no formas parte de {organisation}",
        "offer": "Te ofrecen la propiedad de {organisation}",
        "owner": "La propiedad de {organisation} ha cambiado de manos",
        "joined": "Alguien se ha unido a {organisation}",
        "left": "Alguien ha dejado {organisation}",
        "invitation": "Una invitación a {organisation} ha terminado sin usarse",
        "invited": "{name} te invita a {organisation}",
        "mailFailed": "No se ha podido enviar un correo a {address}",
        "security": "{organisation} ha cambiado lo que pide a quien entra",
        "key": "Se ha creado o cambiado la clave de API {name} de {organisation}",
        "consent": "{organisation} ha cambiado si los operadores pueden ver conversaciones",
        "impersonation":
            "El operador {name} ha empezado a actuar por alguien de {organisation}: {reason}",
        "suspended": "{organisation} está suspendida", "resumed": "{organisation} sigue en marcha",
        "deleted": "{organisation} se ha borrado", "restored": "{organisation} se ha restaurado",
        "waiting": "Un cliente de {organisation} espera a una persona",
        "missed": "Un cliente de {organisation} espera más de lo prometido",
        "overdue": "Un cliente de {organisation} lleva demasiado tiempo esperando",
        "queueAge": "Un cliente de {organisation} lleva mucho en la cola {queue}",
        "channelStopped": "WhatsApp no deja que {organisation} envíe nada: {reason}. {remedy}",
        "channelOpen": "{organisation} puede volver a enviar por WhatsApp",
        "channelWarning": "WhatsApp avisa sobre {organisation}: {reason}. {remedy}",
        "other": "Hay novedades",
    ]
}
