/// Where a passage stands that says what another one says.
package struct PassagePlace: Hashable, Sendable, Codable {
    /// The passage.
    package var id: PassageID
    /// The document that it comes from.
    package var document: DocumentID
    /// The document's name.
    package var documentName: String
    /// The page that it begins on, from 1.
    package var page: Int?
    /// The sheet that it stands on.
    package var sheet: String?

    /// Takes the place of a passage.
    package init(_ passage: Passage) {
        id = passage.id
        document = passage.document
        documentName = passage.documentName
        page = passage.page
        sheet = passage.sheet
    }
}
