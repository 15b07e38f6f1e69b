package import Conversation
import Foundation

/// What makes a probability of a search's signals: fitted on questions whose answers are known, by
/// `parley eval fit`, and kept in a file that says which version it is.
package struct AnswerCoefficients: Hashable, Sendable, Codable {
    /// The coefficients of one kind of search, those of a logistic regression.
    package struct Fit: Hashable, Sendable, Codable {
        /// The signals, in the order of the weights: a file of other signals than are measured
        /// now tells nothing.
        package var names: [AnswerSignals.Name]
        /// One for each signal.
        package var weights: [Double]
        /// What is added to their sum.
        package var bias: Double
        /// Below this probability nothing answers.
        package var unsureFrom: Double
        /// From this probability on, the passage answers.
        package var answerFrom: Double
        /// The questions that it was fitted on.
        package var questions: Int

        /// Describes a fit.
        package init(
            names: [AnswerSignals.Name], weights: [Double], bias: Double, unsureFrom: Double,
            answerFrom: Double, questions: Int
        ) {
            self.names = names
            self.weights = weights
            self.bias = bias
            self.unsureFrom = unsureFrom
            self.answerFrom = answerFrom
            self.questions = questions
        }

        /// The probability, 0 to 1.
        package func probability(of values: [Double]) -> Double {
            let sum = zip(weights, values).reduce(bias) { $0 + $1.0 * $1.1 }
            return 1 / (1 + exp(-sum))
        }
    }

    /// The file's name, which every probability bears.
    package var name: String
    /// The file's version, which every probability bears, too.
    package var version: Int
    /// The embedding model that raw cosines are those of.
    package var model: String?
    /// The fits, by the kind of search.
    package var fits: [String: Fit]

    /// Describes coefficients.
    package init(name: String, version: Int, model: String?, fits: [String: Fit]) {
        self.name = name
        self.version = version
        self.model = model
        self.fits = fits
    }

    /// Reads a file.
    ///
    /// - Throws: ``Failure`` for what is no such file.
    package init(file path: String) throws(Failure) {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "\(path) cannot be read")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: bytes)
        } catch {
            throw Failure(description: "\(path) holds no coefficients: \(error)")
        }
        for (kind, fit) in fits where fit.names.count != fit.weights.count {
            throw Failure(description: "\(path) has not one weight for each signal of \(kind)")
        }
    }

    /// It is no file of coefficients.
    package struct Failure: Error, CustomStringConvertible {
        /// What is wrong with it.
        package let description: String
    }

    /// `name/version`.
    package var label: String { "\(name)/\(version)" }

    /// How likely the first passage of a search answers; `nil` where that was not fitted.
    package func answerability(of found: PassageFindings, model: String?) -> Answerability? {
        if found.isTyped {
            return Answerability(probability: 1, zone: .answer, coefficients: label)
        }
        guard let signals = found.signals else { return nil }
        guard let (fit, values) = fit(for: signals, model: model) else { return nil }
        let probability = fit.probability(of: values)
        let zone: Answerability.Zone =
            if probability >= fit.answerFrom { .answer } else if probability >= fit.unsureFrom {
                .unsure
            } else { .none }
        return Answerability(probability: probability, zone: zone, coefficients: label)
    }

    /// The fit for some signals, and their values in its order.
    private func fit(for signals: AnswerSignals, model: String?) -> (Fit, [Double])? {
        guard let fit = fits[signals.kind.rawValue], fit.names == signals.kind.names,
            !signals.kind.needsModel || self.model == model
        else { return nil }
        return (fit, signals.values)
    }
}
