import Conversation
import JSON

/// The members of a record's JSON object, the personal ones apart from the others, each in the
/// order in which they stood and byte by byte as they were.
struct PersonalMembers {
    /// The object of those that are not personal, without the brace that closes it; empty if there
    /// are none.
    var others: [UInt8] = []
    /// The object of those that are; empty if there are none.
    var personal: [UInt8] = []

    private let bytes: [UInt8]
    /// The members that were met last, all personal or none: they go over together.
    private var run = 0..<0
    private var isRunPersonal = false

    private init(of bytes: [UInt8]) {
        self.bytes = bytes
        others.reserveCapacity(bytes.count * 3 / 2 + 160)
        personal.reserveCapacity(bytes.count + 64)
    }

    /// Takes an object apart.
    ///
    /// A path that leads into a member takes all of it. A member that holds nothing, `[]`, `{}` or
    /// `null`, stays: there is nothing in it to seal, and many records have no other.
    ///
    /// - Throws: ``RecordError`` if it is no JSON object, or one of which a personal member could
    ///   be missed.
    static func apart(
        _ bytes: [UInt8], _ paths: [FieldPath], type: String
    ) throws(RecordError) -> PersonalMembers {
        let json = JSONFields(bytes: bytes)
        var members = PersonalMembers(of: bytes)
        // A name that is not written as we write it would not be found among the personal ones.
        let isWhole = json.visitAll { name, value in
            guard !json.isEscaped(name), !json.matches(name, SealedForm.member) else {
                return false
            }
            let beginning = json.beginning(of: name)
            // By index: a copy of each path would cost more than all else here.
            let isPersonal =
                paths.indices.contains {
                    paths[$0].beginning == beginning && json.matches(name, paths[$0].outermost)
                } && !isEmpty(bytes[value])
            members.add(name.lowerBound - 1..<value.upperBound, isPersonal)
            return true
        }
        guard isWhole else {
            throw RecordError(type: type, problem: "it is no JSON object that can be sealed")
        }
        members.finish()
        return members
    }

    private static func isEmpty(_ value: ArraySlice<UInt8>) -> Bool {
        switch value.count {
        case 2: value.first == UInt8(ascii: "[") || value.first == UInt8(ascii: "{")
        case 4: value.first == UInt8(ascii: "n")
        default: false
        }
    }

    private mutating func add(_ member: Range<Int>, _ isPersonal: Bool) {
        if isPersonal == isRunPersonal, !run.isEmpty {
            run = run.lowerBound..<member.upperBound
        } else {
            flush()
            run = member
            isRunPersonal = isPersonal
        }
    }

    private mutating func flush() {
        guard !run.isEmpty else { return }
        if isRunPersonal {
            Self.append(bytes[run], to: &personal)
        } else {
            Self.append(bytes[run], to: &others)
        }
    }

    private static func append(_ members: ArraySlice<UInt8>, to object: inout [UInt8]) {
        object.append(object.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        object.append(contentsOf: members)
    }

    private mutating func finish() {
        flush()
        if !personal.isEmpty { personal.append(UInt8(ascii: "}")) }
    }
}
