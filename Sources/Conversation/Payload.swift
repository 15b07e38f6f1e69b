/// The value of a record: one published type per `ce_type`.
///
/// A field is only ever added, as an optional or with a default in decoding; readers ignore
/// fields and keep values that they do not know.
package protocol Payload: Codable, Sendable, Hashable {
    /// The `ce_type` of records that hold this type.
    static var type: String { get }
    /// The topic that such records go to.
    static var topic: Topic { get }
    /// The fields of its JSON that hold what people wrote or who they are: these are sealed.
    static var personal: [FieldPath] { get }
    /// The personal field of whose JSON the first name is no secret: the case of what happened,
    /// which stays readable where the field is sealed.
    static var kindField: FieldPath? { get }
    /// The record's key: what keeps its order.
    var key: String { get }
    /// The tenant that the record belongs to.
    var tenant: TenantID { get }
    /// The JSON of the record's value: the bytes that ``RecordCodec`` gives.
    func json() throws(RecordError) -> [UInt8]
    /// The value of a record's JSON, as ``RecordCodec`` reads it.
    ///
    /// - Throws: ``RecordError`` naming the field that is wrong.
    static func read(_ json: [UInt8]) throws(RecordError) -> Self
}

extension Payload {
    /// None is.
    package static var kindField: FieldPath? { nil }

    /// The JSON of the record's value.
    package func json() throws(RecordError) -> [UInt8] { try RecordCodec.encode(self) }

    /// The value of a record's JSON, as ``RecordCodec`` reads it.
    package static func read(_ json: [UInt8]) throws(RecordError) -> Self {
        try RecordCodec.decode(Self.self, from: json)
    }
}
