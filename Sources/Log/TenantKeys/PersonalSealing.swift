package import Conversation
import Cryptography
import JSON
package import Records

/// Seals personal words under the keys of their tenants.
///
/// Of a record the members that its type calls personal, of what a stage remembers all: see
/// ``SealedForm``. Records that were made before their tenant's words were sealed have no sealed
/// member, and are what they are.
///
/// What is sealed is bound to its key, the tenant and where it stands (the record's id and type;
/// the stage, key and name); not to a topic or position, as dead letters and redriven records move.
/// The members of a record that are not personal are not bound: they are read by other tools, and
/// who can write to the log can change them as before.
///
/// A record is sealed to the same bytes each time, as a replay compares them; the equal texts of
/// two records are not the same bytes. A state and a timer are other bytes each time: nobody sees
/// that one is again what it was before.
package struct PersonalSealing: Sealing {
    private let keys: KeyTable
    private let salts: Salts
    private let awaiting: @Sendable (Set<KeyID>) async -> Void

    /// Seals and opens by the keys of a table; `awaiting` waits until some that it has never heard
    /// of are known there, or known to be destroyed.
    package init(_ keys: KeyTable, awaiting: @escaping @Sendable (Set<KeyID>) async -> Void) {
        self.keys = keys
        self.awaiting = awaiting
        salts = Salts()
    }

    // MARK: Sealing

    /// The bytes that the log keeps.
    ///
    /// - Throws: ``RecordError``: `.keyUnknown` where the tenant has no key yet, `.erased` where
    ///   all that it had were destroyed, `.broken` if a record's value is no JSON object.
    package func sealed(
        _ value: [UInt8], of tenant: TenantID, at context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        guard case .record(_, let type, let time, let personal) = context else {
            let key = try keys.key(of: tenant)
            return try whole(value, key, context)
        }
        guard !personal.isEmpty else { return value }
        var members = try PersonalMembers.apart(value, personal, type: type)
        guard !members.personal.isEmpty else { return value }
        let key = try keys.key(of: tenant, at: time)
        SealedForm.pad(&members.personal)
        let sealed = try guarded(type) { () throws(CryptographyError) in
            try key.sealed(members.personal, in: key.context(context))
        }
        SealedForm.close(&members.others, with: sealed, by: key.id)
        return members.others
    }

    private func whole(
        _ value: [UInt8], _ key: TenantKey, _ context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        var value = value
        SealedForm.pad(&value)
        let start = [SealedForm.version] + key.idBytes
        return try guarded(context.type) { () throws(CryptographyError) in
            try key.sealed(
                value, in: key.context(context), after: start,
                uniqueSalt: salts.areUnique ? salts.next() : salts.next() + value)
        }
    }

    // MARK: Opening

    /// The value of the bytes that the log keeps; as it was kept itself, if nothing is sealed.
    ///
    /// - Throws: ``RecordError``: `.erased`, `.keyUnknown`, or `.broken` if they were not sealed
    ///   here or in a version that is not known here.
    package func opened(
        _ bytes: [UInt8], at context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        guard case .record(_, let type, _, let personal) = context else {
            return try openedWhole(bytes, context)
        }
        guard !personal.isEmpty else { return bytes }
        guard let member = SealedForm.lastMember(of: bytes) else {
            return try openedAnywhere(bytes, context)
        }
        var opened = try open(member.text, of: bytes, context, after: bytes[..<member.before])
        // The brace that opens what was sealed stands where the comma stood, or the first brace.
        guard opened.count > member.before, opened[member.before] == UInt8(ascii: "{") else {
            throw RecordError(type: type, problem: "what was sealed is no object")
        }
        opened[member.before] = bytes[member.before]
        SealedForm.trim(&opened)
        return opened
    }

    /// Opens a text of the sealed member.
    private func open(
        _ text: Range<Int>, of bytes: [UInt8], _ context: SealingContext,
        after start: ArraySlice<UInt8>
    ) throws(RecordError) -> [UInt8] {
        let type = context.type
        guard let text = SealedForm.SealedText(text, in: bytes) else { throw .unknownVersion(type) }
        let key = try key(text.key(in: bytes), type)
        guard let sealed = Base64.decode(unpadded: bytes[text.sealed]) else {
            throw RecordError(type: type, problem: "what is sealed is not Base64")
        }
        return try guarded(type) { () throws(CryptographyError) in
            try key.opened(sealed[...], in: key.context(context), after: start)
        }
    }

    private func openedWhole(
        _ bytes: [UInt8], _ context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        // What was kept before anything was sealed is JSON, and begins with no control character.
        guard let version = bytes.first, version < 0x20, !SealedForm.isSpace(version) else {
            return bytes
        }
        guard version == SealedForm.version, bytes.count > SealedForm.wholeStart else {
            throw .unknownVersion(context.type)
        }
        let id = KeyID(Hex.encode(bytes[1..<SealedForm.wholeStart]))
        let key = try key(id, context.type)
        var opened = try guarded(context.type) { () throws(CryptographyError) in
            try key.opened(bytes[SealedForm.wholeStart...], in: key.context(context))
        }
        SealedForm.trim(&opened)
        return opened
    }

    private func key(_ id: KeyID, _ type: String) throws(RecordError) -> TenantKey {
        switch keys.knowledge(of: id) {
        case .living(let key): return key
        case .destroyed:
            throw RecordError(type: type, problem: "its key was destroyed", kind: .erased)
        case .unknown:
            throw RecordError(type: type, problem: "its key is not known", kind: .keyUnknown)
        }
    }

    /// Runs what seals or opens, and says what went wrong without saying what was sealed.
    private func guarded(
        _ type: String, _ body: () throws(CryptographyError) -> [UInt8]
    ) throws(RecordError) -> [UInt8] {
        do { return try body() } catch { throw RecordError(type: type, problem: "\(error)") }
    }

    /// Whether the key of what a tenant had at a time was destroyed.
    package func isErased(_ tenant: TenantID, at time: Timestamp) -> Bool {
        keys.isErased(tenant, at: time)
    }

    // MARK: Waiting

    /// Waits until the keys of some values are known here, or known to be destroyed.
    package func prepare(for values: [[UInt8]]) async {
        var needed = SealedForm.KeysNeeded()
        for value in values { SealedForm.addKeys(of: value, to: &needed) }
        let unknown = needed.ids.filter { !keys.isSettled($0) }
        guard !unknown.isEmpty else { return }
        await awaiting(unknown)
    }
}

// MARK: Records from before there were keys

extension PersonalSealing {
    /// Whether there is anything in a record that would be sealed if it were written now; also of
    /// what is no JSON object, in which nobody can tell.
    package static func isOpen(_ value: [UInt8], personal: [FieldPath], type: String) -> Bool {
        do throws(RecordError) {
            return !(try PersonalMembers.apart(value, personal, type: type)).personal.isEmpty
        } catch {
            return true
        }
    }
}

// MARK: Records that other tools wrote anew

extension PersonalSealing {
    /// Opens a record whose sealed member is not as it is written here: another tool wrote the JSON
    /// anew, or there is a text for each of several keys; or it has none, and is what it is.
    private func openedAnywhere(
        _ bytes: [UInt8], _ context: SealingContext
    ) throws(RecordError) -> [UInt8] {
        guard let parts = try SealedForm.parts(of: bytes, type: context.type) else { return bytes }
        var opened = parts.others
        for text in parts.texts {
            var object = try open(0..<text.count, of: text, context, after: [])
            SealedForm.trim(&object)
            guard object.count > 2, object.first == UInt8(ascii: "{"),
                object.last == UInt8(ascii: "}")
            else {
                throw RecordError(type: context.type, problem: "what was sealed is no object")
            }
            opened.append(opened.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            opened += object.dropFirst().dropLast()
        }
        opened.append(UInt8(ascii: "}"))
        return opened
    }
}

extension RecordError {
    fileprivate static func unknownVersion(_ type: String) -> RecordError {
        RecordError(type: type, problem: "it was sealed in a version that is not known here")
    }
}

extension SealingContext {
    /// What errors call it.
    fileprivate var type: String {
        switch self {
        case .record(_, let type, _, _): type
        case .state, .stateEntry, .stateEntries: "state"
        case .timer: "timer"
        }
    }
}

extension TenantKey {
    /// What is bound to the words that are sealed in a context.
    fileprivate func context(_ context: SealingContext) -> [UInt8] {
        switch context {
        case .record(let id, let type, _, _): self.context("record", id.rawValue, type)
        case .state(let stage, let key): self.context("state", stage, key)
        case .stateEntry(let stage, let key, let name): self.context("entry", stage, key, name)
        case .stateEntries(let stage, let key): self.context("entries", stage, key)
        case .timer(let stage, let key, let name): self.context("timer", stage, key, name)
        }
    }
}
