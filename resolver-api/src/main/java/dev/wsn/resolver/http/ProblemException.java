package dev.wsn.resolver.http;

/** Leaves a handler with the problem to answer; caught once, by the router's failure handler. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    // Without a stack trace: bad requests are cheap to send and must be cheap to refuse.
    super(problem.type(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
