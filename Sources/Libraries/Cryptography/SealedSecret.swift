/// A secret as it is stored: sealed by a `KeyRing`, with the name of the key that opens it.
package struct SealedSecret: Sendable, Equatable, Hashable, Codable {
    /// The id of the key in the ring.
    package var keyID: String
    /// What `AuthenticatedEncryption.seal` made, in base64.
    package var payload: String

    /// Takes the two stored fields.
    package init(keyID: String, payload: String) {
        self.keyID = keyID
        self.payload = payload
    }
}
