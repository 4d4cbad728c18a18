// What carries the messages during the test, as something that can be killed.

export interface Broker {
  /** For a report. */
  readonly name: string;
  readonly url: string;
  /** Whether clients stay with the address they are given, so that a link can be put between. */
  readonly linkable: boolean;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it serves. */
  revive(): Promise<void>;
  /** Where no link can be put between: nothing it was sent is read, and nothing is answered, until it is killed. */
  freeze?(): Promise<void>;
  /** Forgets what it has handed out, so that the same message, sent again, comes again; others never know. */
  forget?(): Promise<void>;
  /** Ends what keeps a message from being handed out again after the death of its consumer. */
  lapse?(): Promise<void>;
  stop(): Promise<void>;
}
