import assert from 'node:assert/strict';
import {
  emptyRoot,
  GrowingTree,
  isConsistent,
  leafHash,
  nodeHash,
  rootOfInclusion,
  Tree,
  type TreeNode,
} from '../../../src/audit/tree.ts';
import { randomOf } from '../../chance.ts';

/** The leaves that Certificate Transparency's own tests use, and the roots of their first 1, 2 … 8. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => leafHash(Buffer.from(hex, 'hex')));
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** The root as the definition of RFC 9162, 2.1.1 says it, as an oracle. */
function rootByDefinition(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return emptyRoot;
  if (hashes.length === 1) return hashes[0]!;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(rootByDefinition(hashes.slice(0, split)), rootByDefinition(hashes.slice(split)));
}

/** A tree whose nodes are stored, and how many hashes it reads. */
function storedTree(hashes: readonly Uint8Array[]): { tree: Tree; reads: () => number } {
  const nodes = new Map<number, TreeNode[]>();
  const growing = new GrowingTree();
  for (const hash of hashes)
    growing.add(hash, (node) => {
      nodes.set(node.level, [...(nodes.get(node.level) ?? []), node]);
    });
  let reads = 0;
  const tree = new Tree(hashes.length, (level, from, to) => {
    reads += to - from;
    return Promise.resolve(
      level === 0 ? hashes.slice(from, to) : (nodes.get(level) ?? []).slice(from, to).map(({ hash }) => hash),
    );
  });
  return { tree, reads: () => reads };
}

describe('the tree', () => {
  it('has the roots of Certificate Transparency', async () => {
    for (const [index, root] of roots.entries()) {
      const { tree } = storedTree(leaves.slice(0, index + 1));
      assert.equal(Buffer.from(await tree.root()).toString('hex'), root);
    }
    assert.equal(
      Buffer.from(await storedTree([]).tree.root()).toString('hex'),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('grows by whole subtrees as by their leaves', () => {
    for (const [height, blocks, rest] of [
      [1, 3, 1],
      [2, 5, 3],
      [8, 1, 0],
      [8, 3, 200],
      [8, 256, 5],
    ] as const) {
      const [one, other] = [new GrowingTree(), new GrowingTree()];
      const found: [TreeNode[], TreeNode[]] = [[], []];
      const add = (from: number, to: number): Uint8Array => {
        const subtree = new GrowingTree();
        for (let leaf = from; leaf < to; leaf += 1) {
          const hash = leafHash(Buffer.from(String(leaf)));
          one.add(hash, (node) => found[0].push(node));
          subtree.add(hash);
        }
        return subtree.root();
      };
      const width = 2 ** height;
      for (let block = 0; block < blocks; block += 1)
        other.add(add(block * width, (block + 1) * width), (node) => found[1].push(node), height);
      for (let leaf = blocks * width; leaf < blocks * width + rest; leaf += 1)
        other.add(add(leaf, leaf + 1), (node) => found[1].push(node));
      assert.deepEqual([other.size, other.root()], [one.size, one.root()]);
      assert.deepEqual(
        found[1],
        found[0].filter(({ level }) => level > height),
      );
    }
  });

  it('has the audit paths and consistency proofs of RFC 9162, 2.1.5', async () => {
    const { tree } = storedTree(leaves.slice(0, 7));
    const [a, b, c, d, e, f, j] = leaves as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
    const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
    assert.deepEqual(await tree.inclusion(0), [b, h, l]);
    assert.deepEqual(await tree.inclusion(3), [c, g, l]);
    assert.deepEqual(await tree.inclusion(4), [f, j, k]);
    assert.deepEqual(await tree.inclusion(6), [i, k]);
    assert.deepEqual(await tree.consistency(3), [c, d, g, l]);
    assert.deepEqual(await tree.consistency(4), [l]);
    assert.deepEqual(await tree.consistency(6), [i, j, k]);
  });

  it('is the same however it is computed, and proves each leaf and each older tree', async () => {
    const random = randomOf('tree');
    const all = Array.from({ length: 1100 }, (_, index) => leafHash(Buffer.from(String(index))));
    const sizes = [1, 2, 3, 5, 64, 255, 256, 257, 511, 512, 513, 1100];
    for (const size of sizes) {
      const root = rootByDefinition(all.slice(0, size));
      const { tree } = storedTree(all.slice(0, size));
      assert.deepEqual(await tree.root(), root);
      for (let turn = 0; turn < 20; turn += 1) {
        const leaf = Math.floor(random() * size);
        const path = await tree.inclusion(leaf);
        assert.deepEqual(rootOfInclusion(all[leaf]!, leaf, size, path), root);
        for (const wrong of [[...path, root], ...(size > 1 ? [path.slice(1)] : [])])
          assert.notDeepEqual(rootOfInclusion(all[leaf]!, leaf, size, wrong), root);
        if (leaf + 1 < size) assert.notDeepEqual(rootOfInclusion(all[leaf]!, leaf + 1, size, path), root);
        const older = { size: 1 + Math.floor(random() * size), root: emptyRoot as Uint8Array };
        older.root = rootByDefinition(all.slice(0, older.size));
        const proof = await tree.consistency(older.size);
        assert.ok(isConsistent(older, { size, root }, proof), `${String(older.size)} in ${String(size)}`);
        assert.ok(!isConsistent({ ...older, root: leafHash(older.root) }, { size, root }, proof));
        assert.ok(!isConsistent(older, { size, root: leafHash(root) }, proof));
        assert.ok(!isConsistent(older, { size, root }, [...proof, root]));
      }
    }
  });

  it('reads at most 1,100 hashes for a proof among a million', async () => {
    const size = 1_000_000;
    let reads = 0;
    const tree = new Tree(size, (_level, from, to) => {
      reads += to - from;
      return Promise.resolve(Array.from({ length: to - from }, () => emptyRoot));
    });
    await tree.inclusion(314_159);
    assert.ok(reads <= 1100, String(reads));
  });

  it('knows the root it would have with a subtree more', () => {
    const growing = new GrowingTree();
    for (const leaf of leaves.slice(0, 4)) growing.add(leaf);
    const subtree = rootByDefinition(leaves.slice(4, 7));
    assert.equal(Buffer.from(growing.rootWith(subtree)).toString('hex'), roots[6]);
    const copy = growing.copy();
    growing.add(leaves[4]!);
    assert.equal(Buffer.from(copy.root()).toString('hex'), roots[3]);
    assert.equal(Buffer.from(growing.root()).toString('hex'), roots[4]);
  });
});
