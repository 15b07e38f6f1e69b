package import JSON

/// Something that the bot can do besides answering.
package struct Tool: Sendable {
    /// What happens when the model calls a tool.
    package enum Action: Hashable, Sendable {
        /// Passages are searched within the turn.
        case search
        /// The turn ends, and a person is asked.
        case handOff
        /// Another stage is asked by a `ToolRequest`, and the turn waits for its `ToolResult`.
        /// What `changes` something is asked for only after the customer said yes to it.
        case request(changes: Bool)
    }

    /// The name by which the model calls it: letters, digits, `_` and `-`, at most 64.
    package let name: String
    /// What it does, for the model.
    package let description: String
    /// What its arguments look like: an object.
    package let arguments: JSONSchema
    /// What happens when it is called.
    package let action: Action

    /// Describes a tool.
    package init(name: String, description: String, arguments: JSONSchema, action: Action) {
        self.name = name
        self.description = description
        self.arguments = arguments
        self.action = action
    }
}

/// What is wrong with a list of tools.
package struct ToolProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and with which tool.
    package let description: String
}

/// The tools that turns may use, each under a name of its own.
package struct ToolRegistry: Sendable {
    /// The tools, in the order in which models are offered them.
    package let tools: [Tool]

    private init(unchecked tools: [Tool]) { self.tools = tools }

    /// What every turn can do: search, and hand over.
    package static let standard = ToolRegistry(unchecked: [.search, .handOff])

    /// The standard tools, and more.
    ///
    /// - Throws: ``ToolProblem`` if a name is used twice or is none that models know how to call,
    ///   or if a tool's arguments are no object.
    package init(adding more: [Tool]) throws(ToolProblem) {
        var names = Set(Self.standard.tools.map(\.name))
        for tool in more {
            guard names.insert(tool.name).inserted else {
                throw ToolProblem(description: "there are two tools called '\(tool.name)'")
            }
            guard (1...64).contains(tool.name.utf8.count), tool.name.utf8.allSatisfy(Self.isOfName)
            else {
                throw ToolProblem(
                    description: "'\(tool.name)' is no name of a tool: "
                        + "1 to 64 letters, digits, '_' and '-' are")
            }
            guard case .object = tool.arguments.form else {
                throw ToolProblem(
                    description: "the arguments of the tool '\(tool.name)' are no object")
            }
        }
        tools = Self.standard.tools + more
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The tool of a name.
    package subscript(name: String) -> Tool? { tools.first { $0.name == name } }
}

extension Tool {
    /// Another search of the business's passages.
    static let search = Tool(
        name: "search", description: "Looks for more passages in the business's documents.",
        arguments: .object([.required("query", .text("What to look for, in a few words."))]),
        action: .search)

    /// The wish for a person; how it is worded does not matter.
    static let handOff = Tool(
        name: "handoff", description: "Passes the customer to a person.",
        arguments: .object([
            .required("reason", .text("Why a person is needed.")),
            .required("summary", .text("What the customer wants.")),
        ]), action: .handOff)
}
