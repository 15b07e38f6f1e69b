/// How far the reading of a document's pages is.
package struct ReadPages: Hashable, Sendable {
    /// Pages that were read.
    package var pages: Int
    /// Of how many; `nil` as long as that is not known.
    package var of: Int?
    /// Whether they are read from pictures, which takes seconds a page.
    package var isRecognition = false
}
