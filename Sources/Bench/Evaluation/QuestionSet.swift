import Foundation

/// Questions with the paragraph that answers each, as SQuAD and XQuAD publish them (versions
/// 1.1 and 2.0: `data[].paragraphs[].{context, qas[].{question, answers, is_impossible}}`).
struct QuestionSet: Sendable {
    /// A paragraph, a document of its own.
    struct Document: Hashable, Sendable {
        var name: String
        /// As Markdown: the article's title as heading, and the paragraph.
        var text: String
    }

    /// A question.
    struct Question: Hashable, Sendable {
        var text: String
        /// The document that answers it, by its place in `documents`.
        var document: Int
        /// What right answers say; none where the file does not tell.
        var answers: [String] = []
        /// Whether its document answers it (SQuAD 2.0 has questions that none does).
        var isAnswerable = true
    }

    /// It is no such file.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct File: Decodable {
        struct Article: Decodable {
            struct Paragraph: Decodable {
                struct Asked: Decodable {
                    struct Answer: Decodable { var text: String }
                    var question: String
                    var answers: [Answer]?
                    var is_impossible: Bool?
                }
                var context: String
                var qas: [Asked]
            }
            var title: String?
            var paragraphs: [Paragraph]
        }
        var data: [Article]
    }

    var documents: [Document] = []
    var questions: [Question] = []

    /// Reads a file.
    ///
    /// - Throws: ``Failure`` if it cannot be read, has another form, or asks nothing.
    init(file path: String) throws {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "\(path) cannot be read: name a file in SQuAD's form")
        }
        try self.init(bytes, named: path)
    }

    init(_ bytes: Data, named path: String) throws {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: bytes)
        } catch {
            throw Failure(
                description: "\(path) is not in SQuAD's form "
                    + "(data, paragraphs, context, qas, question): \(error)")
        }
        for article in file.data {
            let title = (article.title ?? "").replacing("_", with: " ")
            for paragraph in article.paragraphs {
                let number = documents.count
                documents.append(
                    Document(
                        name: "paragraph-\(number).md",
                        text: (title.isEmpty ? "" : "# \(title)\n\n") + paragraph.context + "\n"))
                questions += paragraph.qas.map {
                    Question(
                        text: $0.question, document: number,
                        answers: ($0.answers ?? []).map(\.text),
                        isAnswerable: $0.is_impossible != true)
                }
            }
        }
        guard !questions.isEmpty else {
            throw Failure(description: "\(path) asks nothing: it has no qas with a question")
        }
    }

    /// So many of some questions, spread over all documents.
    func sample(_ count: Int, of questions: [Question]) -> [Question] {
        guard count < questions.count else { return questions }
        return (0..<count).map { questions[$0 * questions.count / count] }
    }

    /// So many questions, spread over all documents.
    func sample(_ count: Int) -> [Question] { sample(count, of: questions) }
}
