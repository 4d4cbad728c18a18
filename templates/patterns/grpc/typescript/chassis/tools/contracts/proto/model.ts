// A proto as far as contracts need it.

export interface Field {
  /** snake_case. */
  readonly name: string;
  readonly type: string;
  readonly number: number;
  readonly label: '' | 'optional' | 'repeated';
  readonly comment: string | null;
}

export interface Message {
  readonly kind: 'message';
  readonly name: string;
  readonly fields: readonly Field[];
  /** Fields that were there once: their names and numbers are not used again. */
  readonly reserved: { readonly numbers: readonly number[]; readonly names: readonly string[] };
  readonly comment: string | null;
}

export interface Enum {
  readonly kind: 'enum';
  readonly name: string;
  /** In the order of their numbers. */
  readonly values: readonly { readonly name: string; readonly number: number }[];
  readonly comment: string | null;
}

export interface Method {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly isStream: boolean;
  readonly comment: string;
}

export interface ProtoFile {
  /** `user.v1`. */
  readonly package: string;
  readonly service: string;
  readonly methods: readonly Method[];
  /** In the order of the file. */
  readonly types: readonly (Message | Enum)[];
}
