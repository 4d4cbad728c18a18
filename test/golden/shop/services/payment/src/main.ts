import { runService } from '@app/chassis/lifecycle';
import { config } from './config.ts';
import { parts } from './parts.ts';

await runService({ name: 'payment', config, parts });
