package dev.wsn.kademlia;

/** Who wants the reply to a request. */
interface Sender {
  /** Wants nothing: the tables are told of every reply anyway. */
  Sender NONE =
      new Sender() {
        @Override
        public void answered(Step step, PendingRequest request, Reply.Answer answer) {}

        @Override
        public void silent(Step step, PendingRequest request) {}
      };

  /** The reply is here, perhaps after {@link #silent}. */
  void answered(Step step, PendingRequest request, Reply.Answer answer);

  /** The reply is late. */
  void silent(Step step, PendingRequest request);
}
