/** The two prompts that are used, so that the bundle holds no other. */

export { input, select } from '@inquirer/prompts';
