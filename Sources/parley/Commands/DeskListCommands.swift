import Configuration
import Conversation
import DeskEndpoints
import HTTPClient

/// Lists a business's canned replies.
enum DeskRepliesCommand: Command {
    static let specification = ArgumentSpecification(
        "parley desk replies", summary: "Lists the words that agents send often.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let list = try await console.call(
            .get, ConsoleClient.path("tenants", tenant, "desk", "replies"),
            as: ReplyListings.self)
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(list))
            return 0
        }
        Terminal.say(lines(list))
        return 0
    }

    /// The replies for people.
    static func lines(_ list: ReplyListings) -> [TerminalLine] {
        guard !list.replies.isEmpty else { return ["no canned replies yet"] }
        return TextTable.lines(
            list.replies.map { reply in
                [
                    "/" + reply.shortcut, reply.language.isEmpty ? "any" : reply.language,
                    reply.isArchived ? "archived" : "in use", reply.title, reply.text,
                ]
            }, under: ["SHORTCUT", "LANGUAGE", "STATE", "TITLE", "TEXT"])
    }
}

/// Lists a business's labels.
enum DeskLabelsCommand: Command {
    static let specification = ArgumentSpecification(
        "parley desk labels", summary: "Lists what conversations can be marked with.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let list = try await console.call(
            .get, ConsoleClient.path("tenants", tenant, "desk", "labels"), as: LabelListings.self)
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(list))
            return 0
        }
        Terminal.say(lines(list))
        return 0
    }

    /// The labels for people.
    static func lines(_ list: LabelListings) -> [TerminalLine] {
        guard !list.labels.isEmpty else { return ["no labels yet"] }
        return TextTable.lines(
            list.labels.map { label in
                let other = list.labels.first { $0.id == label.mergedInto }?.name
                let state = label.isArchived ? "archived" : "in use"
                return [
                    label.name, label.colour, other.map { "merged into \($0)" } ?? state,
                    String(label.conversations),
                ]
            }, under: ["LABEL", "COLOUR", "STATE", "CONVERSATIONS"])
    }
}
