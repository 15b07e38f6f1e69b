/// A value that is not what its type wants; ``JSONDecoding`` then tells what is wrong, and where.
package struct UnusualJSON: Error {
    /// Refuses a value.
    package init() {}
}

/// Reads an object's fields in the order of their names, in which we write them; in any other
/// order, too, only slower.
///
/// For what each turn reads; what a field may be is what ``JSONDecoding`` takes, or less.
package struct JSONFields {
    private let object: JSONView
    private var at: Int

    /// Begins with the first field; throws where the value is no object.
    package init(_ view: JSONView) throws(UnusualJSON) {
        guard view.isObject else { throw UnusualJSON() }
        object = view
        at = view.index + 1
    }

    /// A field's value; `nil` where there is none, or null.
    private mutating func find(_ name: String) -> JSONView? {
        guard let value = object.field(name), value.node.kind != .null else { return nil }
        return value
    }

    /// The value of a field that must be there.
    package mutating func view(_ name: String) throws(UnusualJSON) -> JSONView {
        guard let view = find(name) else { throw UnusualJSON() }
        return view
    }

    /// A text, or `nil`.
    package mutating func maybeText(_ name: String) throws(UnusualJSON) -> String? {
        guard let view = find(name) else { return nil }
        return try view.string()
    }

    /// A text.
    package mutating func text(_ name: String) throws(UnusualJSON) -> String {
        try view(name).string()
    }

    /// A whole number, or `nil`.
    package mutating func maybeInteger(_ name: String) throws(UnusualJSON) -> Int? {
        guard let view = find(name) else { return nil }
        guard view.node.kind == .number, let number = view.text.flatMap({ Int($0) }) else {
            throw UnusualJSON()
        }
        return number
    }

    /// A number, or `nil`.
    package mutating func maybeNumber(_ name: String) throws(UnusualJSON) -> Double? {
        guard let view = find(name) else { return nil }
        guard view.node.kind == .number, let number = view.number, number.isFinite else {
            throw UnusualJSON()
        }
        return number
    }

    /// A list, each element with `read`; `nil` where there is none.
    package mutating func maybeList<Element>(
        _ name: String, _ read: (JSONView) throws(UnusualJSON) -> Element
    ) throws(UnusualJSON) -> [Element]? {
        guard let view = find(name) else { return nil }
        guard view.node.kind == .array else { throw UnusualJSON() }
        var list: [Element] = []
        for element in view.elements { list.append(try read(element)) }
        return list
    }

    /// A list, each element with `read`.
    package mutating func list<Element>(
        _ name: String, _ read: (JSONView) throws(UnusualJSON) -> Element
    ) throws(UnusualJSON) -> [Element] {
        guard let list = try maybeList(name, read) else { throw UnusualJSON() }
        return list
    }

    /// A list of texts.
    package mutating func texts(_ name: String) throws(UnusualJSON) -> [String] {
        try list(name) { view throws(UnusualJSON) in try view.string() }
    }

    /// Any other value, or `nil`, as ``JSONDecoding`` reads it.
    package mutating func maybeDecoded<Value: Decodable>(
        _ type: Value.Type, _ name: String
    ) throws(UnusualJSON) -> Value? {
        guard let view = find(name) else { return nil }
        return try view.decoded(as: type)
    }

    /// Any other value.
    package mutating func decoded<Value: Decodable>(
        _ type: Value.Type, _ name: String
    ) throws(UnusualJSON) -> Value {
        guard let value = try maybeDecoded(type, name) else { throw UnusualJSON() }
        return value
    }

    /// The only case of an enumeration, and its values.
    package static func onlyCase(
        _ view: JSONView
    ) throws(UnusualJSON) -> (name: String, JSONFields) {
        let names = view.names
        guard names.count == 1, let name = names.first, let value = view.field(name) else {
            throw UnusualJSON()
        }
        return (name, try JSONFields(value))
    }
}

extension JSONView {
    /// A string's text.
    package func string() throws(UnusualJSON) -> String {
        guard node.kind == .string || node.kind == .escapedString, let text else {
            throw UnusualJSON()
        }
        return text
    }

    /// Any value, as ``JSONDecoding`` reads it.
    package func decoded<Value: Decodable>(as type: Value.Type) throws(UnusualJSON) -> Value {
        do {
            return try JSONDecoding.value(type, at: self)
        } catch {
            throw UnusualJSON()
        }
    }
}
