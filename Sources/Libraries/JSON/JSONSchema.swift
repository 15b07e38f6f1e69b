/// What some JSON may be: the part of JSON Schema 2020-12 that is needed here.
///
/// The same value checks what comes in and is written into the OpenAPI document, or told a model.
package struct JSONSchema: Sendable {
    /// The forms that JSON may have.
    package indirect enum Form: Sendable {
        /// Anything.
        case any
        /// True or false.
        case boolean
        /// A whole number within bounds.
        case integer(ClosedRange<Int>)
        /// Any number.
        case number
        /// Text with so many characters (Unicode scalars), all of it matching a regular expression.
        case text(ClosedRange<Int>?, pattern: String?)
        /// One of a few words.
        case words([String])
        /// A list with so many elements.
        case list(JSONSchema, ClosedRange<Int>?)
        /// An object with these fields and no others.
        case object([Field])
        /// An object with any fields of one form.
        case map(JSONSchema)
    }

    /// A field of an object.
    package struct Field: Sendable {
        /// Its name.
        package var name: String
        /// What it may be.
        package var schema: JSONSchema
        /// Whether it must be there.
        package var isRequired: Bool

        /// A field.
        package init(_ name: String, _ schema: JSONSchema, isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }

        /// A field that must be there.
        package static func required(_ name: String, _ schema: JSONSchema) -> Field {
            Field(name, schema, isRequired: true)
        }

        /// A field that may be missing; it is never null.
        package static func optional(_ name: String, _ schema: JSONSchema) -> Field {
            Field(name, schema, isRequired: false)
        }
    }

    /// The form.
    package var form: Form
    /// What it means, in a sentence.
    package var note: String?
    /// The name under which documents share it.
    package var name: String?
    /// What is right, where the form alone does not say it well: "NAME is …".
    package var rule: String?
    /// Values that fit.
    package var examples: [JSONValue] = []
    /// What counts where it is missing.
    package var standard: JSONValue?

    /// A schema of a form.
    package init(_ form: Form, _ note: String? = nil) {
        self.form = form
        self.note = note
    }
}

extension JSONSchema {
    /// Text.
    package static func text(
        _ note: String? = nil, _ lengths: ClosedRange<Int>? = nil, pattern: String? = nil,
        rule: String? = nil, examples: [JSONValue] = []
    ) -> JSONSchema {
        var schema = JSONSchema(.text(lengths, pattern: pattern), note)
        schema.rule = rule
        schema.examples = examples
        return schema
    }

    /// An id of ours, which stands in paths.
    package static func id(_ note: String? = nil) -> JSONSchema {
        .text(note, 1...256, pattern: "[A-Za-z0-9._~-]+", rule: "an id of a-z, 0-9 and ._~-")
    }

    /// A whole number.
    package static func integer(
        _ note: String? = nil, _ bounds: ClosedRange<Int>, standard: Int? = nil
    ) -> JSONSchema {
        var schema = JSONSchema(.integer(bounds), note)
        schema.standard = standard.map { .integer($0) }
        return schema
    }

    /// A count: a whole number from 0.
    package static func count(_ note: String? = nil) -> JSONSchema { .integer(note, 0...Int.max) }

    /// Milliseconds since 1970 in UTC, within the years 0 to 9999.
    package static func time(_ note: String? = nil) -> JSONSchema {
        .integer(
            (note.map { "\($0) " } ?? "") + "Milliseconds since 1970-01-01 UTC.",
            -62_167_219_200_000...253_402_300_799_999)
    }

    /// True or false.
    package static func boolean(_ note: String? = nil) -> JSONSchema { JSONSchema(.boolean, note) }

    /// Any number.
    package static func number(_ note: String? = nil) -> JSONSchema { JSONSchema(.number, note) }

    /// One of a few words.
    package static func words(_ words: [String], _ note: String? = nil) -> JSONSchema {
        JSONSchema(.words(words), note)
    }

    /// A list.
    package static func list(
        _ element: JSONSchema, _ note: String? = nil, _ counts: ClosedRange<Int>? = nil
    ) -> JSONSchema {
        JSONSchema(.list(element, counts), note)
    }

    /// An object with these fields and no others; with a name, documents share it.
    package static func object(
        _ fields: [Field], named name: String? = nil, note: String? = nil,
        examples: [JSONValue] = []
    ) -> JSONSchema {
        var schema = JSONSchema(.object(fields), note)
        schema.name = name
        schema.examples = examples
        return schema
    }

    /// The fields of an object; nothing of any other form.
    package var fields: [Field] {
        if case .object(let fields) = form { fields } else { [] }
    }
}
