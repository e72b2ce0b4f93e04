import { Type } from 'typebox';
import { closed, duration, optional, path, secret, text } from './fields.ts';

/** `git`: the repository of the config. */
export const git = Type.Object(
  {
    url: text('The repository.', { minLength: 1 }),
    ref: optional(
      text('A branch, a tag, or a full commit id.', { minLength: 1 }),
      'A branch, a tag, or a full commit id; null: main.',
    ),
    branch: optional(text('A branch.', { minLength: 1 }), 'Another name of ref.'),
    path: path('The config directory inside the repository.', '.'),
    interval: duration('How often ref is looked up.', '1d', { default: '1m' }),
    auth: optional(
      Type.Object(
        {
          token: optional(secret('A token.'), 'A token, over https.'),
          username: optional(text('A name.', { minLength: 1 }), 'A user, over https.'),
          password: optional(secret('A password.'), 'The password of the user.'),
          sshKey: optional(secret('A file.'), 'The file of a private key, over ssh.'),
          knownHosts: optional(
            text('A path.', { format: 'path' }),
            'The known-hosts file that has the key of the server.',
          ),
          githubApp: optional(
            Type.Object(
              {
                id: text('The id of the app.', { minLength: 1 }),
                installation: text('The id of its installation.', { minLength: 1 }),
                key: secret('Its private key.'),
              },
              closed,
            ),
            'A GitHub App.',
          ),
        },
        closed,
      ),
      'How the repository may be read: token; username and password; sshKey and knownHosts; or githubApp.',
    ),
    verify: optional(
      Type.Object({ signers: text('A path.', { format: 'path' }) }, closed),
      'Use only commits that a key in the allowed-signers file has signed.',
    ),
    webhookSecret: optional(
      secret('The secret of the webhook.'),
      'The secret that signs the forge’s push webhooks.',
    ),
    forge: optional(
      Type.Object(
        { api: text('The URL of its API.', { format: 'web-url' }), token: secret('A token.') },
        closed,
      ),
      'The forge that shows the status of commits and the drift issue.',
    ),
  },
  closed,
);
