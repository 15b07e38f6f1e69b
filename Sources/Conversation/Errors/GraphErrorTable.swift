// The table itself, by what the codes have to do with; see ``GraphErrorEntry`` for its sources.

extension GraphErrorEntry {
    /// WhatsApp is busy or wants less: all of it passes by itself.
    static let limits: [GraphErrorEntry] = [
        .init(
            131_056, .holdPair, "too many messages to this customer in a short time",
            "Nothing: what waits is sent by and by. Fewer, longer messages avoid it."),
        .init(
            130_429, .holdNumber, "the number sends more a second than WhatsApp takes",
            "Nothing: the number is slowed down."),
        .init(
            131_057, .holdNumber, "WhatsApp is raising the number's throughput",
            "Nothing: it is over within minutes."),
        .init(
            131_048, .holdNumber,
            "the number is restricted because customers blocked or reported it",
            "Look at the number's quality in WhatsApp Manager, and write to those only who asked "
                + "for it. WhatsApp lifts it by itself, within hours or days."),
        .init(
            80_007, .holdAccount, "the account calls WhatsApp more often than it may",
            "Nothing: it is over within minutes. If it comes again, other programs use the same "
                + "account."),
        .init(
            131_064, .holdAccount, "templates of the account were in the wrong category",
            "Correct the templates' categories in WhatsApp Manager; WhatsApp lifts the limit by "
                + "itself."),
        .init(
            4, .holdApp, "the Meta app calls WhatsApp more often than it may in an hour",
            "Nothing for one business: the installation's operator should look at the app's limit."
        ),
        .init(
            131_016, .retry, "WhatsApp is not available for the moment",
            "Nothing: it is tried again."),
        .init(
            133_004, .retry, "WhatsApp is not available for the moment",
            "Nothing: it is tried again."),
        .init(
            2, .retry, "WhatsApp is overloaded or down for the moment",
            "Nothing: it is tried again."),
        .init(
            131_000, .retryLittle, "something went wrong at WhatsApp",
            "Send it again later; if it comes again, ask Meta's support with the trace id."),
        .init(
            1, .retryLittle, "the request was wrong, or WhatsApp's servers were",
            "Send it again later; if it comes again, ask Meta's support with the trace id."),
    ]

    /// The business cannot send until somebody acts.
    static let stops: [GraphErrorEntry] = [
        .init(
            190, .stopTenant, "the access token has expired or is not valid any more",
            "Make a new token of the system user in Meta's business settings and connect the "
                + "business with it: parley tenant add ID --replace --access-token-file FILE. "
                + "What waits is sent then, unless its window has closed."),
        .init(
            0, .stopTenant, "WhatsApp does not know who asks: the token is not valid",
            "Make a new token of the system user in Meta's business settings and connect the "
                + "business with it."),
        .init(10, .stopTenant, "the token lacks a permission, or lost it", permissionRemedy),
        .init(3, .stopTenant, "the app lacks a permission or capability", permissionRemedy),
        .init(131_005, .stopTenant, "the token may not do this", permissionRemedy),
        .init(
            131_042, .stopTenant, "there is a problem with how the account pays",
            "Look at the payment method, the credit line and the currency in the billing settings "
                + "of WhatsApp Manager."),
        .init(
            131_031, .stopTenant, "WhatsApp has locked or restricted the account",
            "Read why in the account's quality pages in Meta's business settings, and ask for a "
                + "review there."),
        .init(
            368, .stopTenant, "the account is blocked for a time because of its policy violations",
            "Read which in the account's quality pages in Meta's business settings; until it is "
                + "lifted, answer by other ways."),
        .init(
            131_037, .stopTenant, "WhatsApp has not approved the number's display name",
            "Ask for a display name in WhatsApp Manager, and wait until it is approved."),
        .init(
            131_045, .stopTenant, "the number is not registered, or its certificate is wrong",
            "Register the number with the Cloud API anew, with its PIN."),
        .init(
            133_010, .stopTenant, "the number is not registered with the Cloud API",
            "Register the number with the Cloud API, with its PIN."),
        .init(
            33, .stopTenant, "the number was deleted, or is not this account's",
            "Check the phone_number_id in WhatsApp Manager and connect the business with the "
                + "right one."),
    ]

    /// This customer does not get it.
    static let refusals: [GraphErrorEntry] = [
        .init(
            131_047, .needsTemplate, "the customer last wrote more than 24 hours ago",
            "Send an approved template, or wait until the customer writes."),
        .init(
            131_026, .stopRecipient,
            "it cannot be delivered: no WhatsApp there, an old one, or terms not accepted",
            "Reach the customer in another way; ask whether the number is right."),
        .init(
            131_049, .stopRecipient, "the customer has had enough marketing for now, WhatsApp says",
            "Do not send that template to them again within 24 hours."),
        .init(
            131_050, .stopRecipient, "the customer has stopped marketing messages of this business",
            "Send them no marketing until they allow it again."),
        .init(
            130_403, .stopRecipient, "the business has blocked this customer",
            "Unblock the customer in WhatsApp Manager to write to them."),
        .init(
            130_472, .stopRecipient, "the customer is part of an experiment of WhatsApp's",
            "Nothing: wait until the customer writes."),
        .init(
            130_497, .stopRecipient, "the business may not write to this country",
            "Look at the account's restrictions in WhatsApp Manager."),
        .init(131_021, .stopRecipient, "the recipient is the business itself", "Nothing."),
        .init(
            131_030, .stopRecipient, "a test number may write to listed customers only",
            "Add the customer to the test number's list in the Meta app, or use a real number."),
        .init(
            131_062, .stopRecipient, "such a message cannot go to a customer without a number",
            "Ask the customer for the number, with a button that sends it."),
        .init(
            137_000, .stopRecipient, "the customer's identity has changed since it was confirmed",
            "Make sure that it is still the same person before you write on."),
    ]

    /// The template cannot go as it is.
    static let templates: [GraphErrorEntry] = [
        .init(
            132_000, .badTemplate, "the template has another number of parameters",
            "Fill in as many as the template has; synchronise the templates first."),
        .init(
            132_001, .badTemplate, "there is no such template in this language",
            "Choose another template or language; synchronise the templates first."),
        .init(
            132_005, .badTemplate, "the filled-in text is too long", "Fill in less."),
        .init(
            132_007, .badTemplate, "the template's words are against WhatsApp's policy",
            "Read why in WhatsApp Manager and change the template."),
        .init(
            132_012, .badTemplate, "a parameter has not the form that the template wants",
            "Compare the parameters with the template; synchronise the templates first."),
        .init(
            132_018, .badTemplate, "a parameter holds what a template does not take",
            "Fill in words without line breaks, tabs or many spaces in a row."),
        .init(
            132_015, .badTemplate, "WhatsApp has paused the template for its quality",
            "Use another one; WhatsApp lifts the pause by itself, or change the template."),
        .init(
            132_016, .badTemplate, "WhatsApp has disabled the template for good",
            "Make another template."),
        .init(
            132_068, .badTemplate, "the Flow is blocked", "Correct the Flow in WhatsApp Manager."),
        .init(
            132_069, .badTemplate, "the Flow is throttled",
            "Wait, or correct the Flow's endpoint."),
        .init(
            131_063, .badTemplate, "marketing templates cannot go out this way for this account",
            "Send them by WhatsApp's Marketing Messages API."),
    ]

    /// The message is wrong, or was never ours to send.
    static let others: [GraphErrorEntry] = [
        .init(135_000, .giveUp, "something about the message's parameters is wrong", reportRemedy),
        .init(131_008, .giveUp, "the message lacks something that WhatsApp needs", reportRemedy),
        .init(
            131_009, .giveUp, "a value in the message is not valid",
            "If it quotes or reacts to a message, that may be too old or gone: send it without."),
        .init(100, .giveUp, "the message has a part that WhatsApp does not take", reportRemedy),
        .init(131_051, .giveUp, "WhatsApp does not take messages of this kind", reportRemedy),
        .init(
            131_052, .giveUp, "a file of the customer's could not be fetched, or is too large",
            "Ask the customer to send it again, smaller."),
        .init(
            131_053, .giveUp, "the file could not be taken: its type, its size or its address",
            "Send another file: see which types and sizes WhatsApp takes."),
        .init(
            131_060, .giveUp, "a customer's message is not available",
            "Ask the customer to send it again."),
        .init(
            2_494_191, .giveUp, "another program has the conversation",
            "Let the program that has it answer, or have it given over in Meta's settings."),
        .init(133_005, .giveUp, registration, registrationRemedy),
        .init(133_006, .giveUp, registration, registrationRemedy),
        .init(133_008, .giveUp, registration, registrationRemedy),
        .init(133_009, .giveUp, registration, registrationRemedy),
        .init(133_015, .giveUp, registration, registrationRemedy),
        .init(133_016, .giveUp, registration, registrationRemedy),
    ]

    private static let reportRemedy =
        "It will fail again as it is: send something else, and tell those who run Parley the code "
        + "and the trace id."
    private static let registration = "the number's registration or its PIN has a problem"
    private static let registrationRemedy =
        "Register the number with the Cloud API anew, with the right PIN; after several wrong ones "
        + "WhatsApp makes you wait."
}
